import type { ConferenceState, HistoryEvent, UpdateMetadataCommand } from '@parley-rtc/contract';
import { RefusalError } from '../refusal.ts';
import { requireParticipant } from './preconditions.ts';
import type { Stamp } from './rule-context.ts';
import { stampEvents } from './stamp-events.ts';

/** Writes or deletes one entry of the conference's metadata (decision 6). */
export function updateMetadata(
  state: ConferenceState,
  command: UpdateMetadataCommand,
  stamp: Stamp,
): readonly HistoryEvent[] {
  const participant = requireParticipant(state, command.userEndpointId);
  const update = {
    type: 'ConferenceMetadataUpdatedEvent',
    userId: participant.userId,
    userEndpointId: participant.id,
    key: command.key,
  } as const;
  switch (command.operation) {
    case 'SET':
      if (command.value === undefined) {
        throw new RefusalError(
          'invalid_request',
          'value is missing. SET needs the text to store; use REMOVE to delete.',
        );
      }
      return stampEvents(state, [{ ...update, operation: 'SET', value: command.value }], stamp);
    case 'REMOVE':
      if (!Object.hasOwn(state.metadata, command.key)) return [];
      return stampEvents(state, [{ ...update, operation: 'REMOVE' }], stamp);
    case 'UNKNOWN':
      throw new RefusalError('invalid_request', 'operation UNKNOWN does nothing. Send SET or REMOVE.');
  }
}
