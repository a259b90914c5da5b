import type {
  ConferenceState,
  HistoryEvent,
  JsonObject,
  UpdateStreamMetadataCommand,
} from '@parley-rtc/contract';
import { requireOwnStream, requireParticipant } from './preconditions.ts';
import type { Stamp } from './rule-context.ts';
import { stampEvents } from './stamp-events.ts';

/** Replaces the metadata of the publisher's stream (decision 20). */
export function updateStreamMetadata(
  state: ConferenceState,
  command: UpdateStreamMetadataCommand,
  stamp: Stamp,
): readonly HistoryEvent[] {
  const participant = requireParticipant(state, command.userEndpointId);
  const stream = requireOwnStream(state, participant, command.streamId);
  const updated = {
    type: 'ConferenceStreamMetadataUpdatedEvent',
    userId: participant.userId,
    userEndpointId: participant.id,
    streamId: stream.id,
    newMetadata: command.newMetadata as JsonObject,
  } as const;
  return stampEvents(state, [updated], stamp);
}
