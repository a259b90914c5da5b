import {
  findStream,
  type ConferenceState,
  type HistoryEvent,
  type Participant,
  type Stream,
} from '@parley-rtc/contract';
import { requireOwnStream, requireParticipant } from './preconditions.ts';
import type { Stamp } from './rule-context.ts';
import { stampEvents, type EventContent } from './stamp-events.ts';

/** Withdraws a stream by its publisher's wish. */
export function unpublishStream(
  state: ConferenceState,
  command: { readonly userEndpointId: string; readonly streamId: string },
  stamp: Stamp,
): readonly HistoryEvent[] {
  const participant = requireParticipant(state, command.userEndpointId);
  const stream = requireOwnStream(state, participant, command.streamId);
  return stampEvents(state, [withdrawal(participant, stream)], stamp);
}

/** Withdraws a stream whose media is gone; nothing happens when it was withdrawn before. */
export function dropStream(state: ConferenceState, streamId: string, stamp: Stamp): readonly HistoryEvent[] {
  const found = findStream(state, streamId);
  return found ? stampEvents(state, [withdrawal(found.participant, found.stream)], stamp) : [];
}

/** A stream goes, its publisher stays. */
export function withdrawal(participant: Participant, stream: Stream): EventContent {
  return {
    type: 'ConferenceStreamUnpublishedEvent',
    userId: participant.userId,
    userEndpointId: participant.id,
    streamId: stream.id,
    streamType: stream.type,
  };
}
