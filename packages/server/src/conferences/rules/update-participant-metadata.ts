import type {
  ConferenceState,
  HistoryEvent,
  JsonObject,
  UpdateParticipantMetadataCommand,
} from '@parley-rtc/contract';
import { requireParticipant } from './preconditions.ts';
import type { Stamp } from './rule-context.ts';
import { stampEvents } from './stamp-events.ts';

/** Replaces the participant's metadata (decision 20). */
export function updateParticipantMetadata(
  state: ConferenceState,
  command: UpdateParticipantMetadataCommand,
  stamp: Stamp,
): readonly HistoryEvent[] {
  const participant = requireParticipant(state, command.userEndpointId);
  const updated = {
    type: 'ConferenceParticipantMetadataUpdatedEvent',
    userId: participant.userId,
    userEndpointId: participant.id,
    newMetadata: command.newMetadata as JsonObject,
  } as const;
  return stampEvents(state, [updated], stamp);
}
