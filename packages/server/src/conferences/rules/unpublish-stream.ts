import {
  findStream,
  type ConferenceState,
  type HistoryEvent,
  type Participant,
  type Stream,
} from '@parley-rtc/contract';
import { removingEntriesOf } from './conventions.ts';
import { requireOwnStream, requireParticipant } from './preconditions.ts';
import type { Stamp } from './rule-context.ts';
import { stampEvents, type EventContent } from './stamp-events.ts';

/** Unpublishes a stream at its publisher's request. */
export function unpublishStream(
  state: ConferenceState,
  command: { readonly userEndpointId: string; readonly streamId: string },
  stamp: Stamp,
): readonly HistoryEvent[] {
  const participant = requireParticipant(state, command.userEndpointId);
  const stream = requireOwnStream(state, participant, command.streamId);
  return stampEvents(state, unpublishing(state, participant, stream), stamp);
}

/** Unpublishes a stream whose media are gone; no event if it was already unpublished. */
export function dropStream(state: ConferenceState, streamId: string, stamp: Stamp): readonly HistoryEvent[] {
  const found = findStream(state, streamId);
  return found ? stampEvents(state, unpublishing(state, found.participant, found.stream), stamp) : [];
}

/**
 * Unpublishes the stream and removes the metadata entries that belong to it; its publisher stays. The entries go after
 * the stream, so that no client takes their removal for an unmute.
 */
export function unpublishing(
  state: ConferenceState,
  participant: Participant,
  stream: Stream,
): readonly EventContent[] {
  const unpublished = {
    type: 'ConferenceStreamUnpublishedEvent',
    userId: participant.userId,
    userEndpointId: participant.id,
    streamId: stream.id,
    streamType: stream.type,
  } as const;
  return [unpublished, ...removingEntriesOf(state, stream.id, participant)];
}
