import type { ConferenceState, HistoryEvent, UpdateMetadataCommand } from '@parley-rtc/contract';
import { RefusalError } from '../../refusal.ts';
import { isMutedByOther, requireMayWrite } from './conventions.ts';
import { requireParticipant } from './preconditions.ts';
import type { RuleContext } from './rule-context.ts';
import { stampEvents } from './stamp-events.ts';

/** Sets or removes one entry of the conference's metadata (decision 6), if the key's convention permits it. */
export function updateMetadata(
  state: ConferenceState,
  command: UpdateMetadataCommand,
  context: RuleContext,
): readonly HistoryEvent[] {
  const { userId, id: userEndpointId } = requireParticipant(state, command.userEndpointId);
  const { key, value } = command;
  const update = { type: 'ConferenceMetadataUpdatedEvent', userId, userEndpointId, key } as const;
  switch (command.operation) {
    case 'SET': {
      if (value === undefined) {
        throw new RefusalError(
          'invalid_request',
          'value is missing. Add the text that SET stores, or use REMOVE to delete the entry.',
        );
      }
      requireMayWrite(state, userEndpointId, key, 'SET', context);
      // A moderator's mute stays: the stream is muted already.
      if (isMutedByOther(state, userEndpointId, key)) return [];
      return stampEvents(state, [{ ...update, operation: 'SET', value }], context);
    }
    case 'REMOVE':
      if (!Object.hasOwn(state.metadata, key)) return [];
      requireMayWrite(state, userEndpointId, key, 'REMOVE', context);
      return stampEvents(state, [{ ...update, operation: 'REMOVE' }], context);
    case 'UNKNOWN':
      throw new RefusalError('invalid_request', 'operation UNKNOWN is not supported. Send SET or REMOVE.');
  }
}
