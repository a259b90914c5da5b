import {
  findStream,
  type ConferenceState,
  type HistoryEvent,
  type Participant,
  type Stream,
} from '@parley-rtc/contract';
import { requireOwnStream, requireParticipant } from './preconditions.ts';
import type { Stamp } from './rule-context.ts';
import { stampEvents } from './stamp-events.ts';

/** Withdraws a stream by its publisher's wish. */
export function unpublishStream(
  state: ConferenceState,
  command: { readonly userEndpointId: string; readonly streamId: string },
  stamp: Stamp,
): readonly HistoryEvent[] {
  const participant = requireParticipant(state, command.userEndpointId);
  return withdrawal(state, participant, requireOwnStream(state, participant, command.streamId), stamp);
}

/** Withdraws a stream whose media is gone; nothing happens when it was withdrawn before. */
export function dropStream(state: ConferenceState, streamId: string, stamp: Stamp): readonly HistoryEvent[] {
  const found = findStream(state, streamId);
  return found ? withdrawal(state, found.participant, found.stream, stamp) : [];
}

function withdrawal(
  state: ConferenceState,
  participant: Participant,
  stream: Stream,
  stamp: Stamp,
): readonly HistoryEvent[] {
  const unpublished = {
    type: 'ConferenceStreamUnpublishedEvent',
    userId: participant.userId,
    userEndpointId: participant.id,
    streamId: stream.id,
    streamType: stream.type,
  } as const;
  return stampEvents(state, [unpublished], stamp);
}
