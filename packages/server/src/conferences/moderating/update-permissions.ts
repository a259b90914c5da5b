import {
  findParticipant,
  mayPublish,
  ordinaryPermissions,
  permissionsKey,
  type ConferenceState,
  type HistoryEvent,
  type PermissionChanges,
  type Permissions,
  type UpdatePermissionsCommand,
} from '@parley-rtc/contract';
import { RefusalError } from '../../refusal.ts';
import { requirePermission } from '../rules/permissions.ts';
import { requireActive } from '../rules/preconditions.ts';
import type { RuleContext } from '../rules/rule-context.ts';
import { stampEvents, type EventContent } from '../rules/stamp-events.ts';
import { unpublishing } from '../rules/unpublish-stream.ts';

/** The permissions of a participant after a change; refuses with `not_found` for one who is not inside. */
export function changedPermissions(
  state: ConferenceState,
  { userEndpointId, participantId, permissions: changes }: UpdatePermissionsCommand,
  context: RuleContext,
): Permissions {
  requireActive(state);
  requirePermission(state, context, userEndpointId, 'moderate');
  const participant = findParticipant(state, participantId);
  if (!participant) {
    throw new RefusalError('not_found', 'This participant is not in the conference (any more).');
  }
  const known = participant.permissions ?? ordinaryPermissions;
  // Recording others is more than moderating: who may not do it cannot allow it, to themselves for example.
  if (changes.record === true && !known.record) requirePermission(state, context, userEndpointId, 'record');
  return withChanges(known, changes);
}

/**
 * Gives endpoints these permissions, in the name of the moderator: records them, and unpublishes what they may no longer
 * publish. No event for those that have them already, or are not inside.
 */
export function updatePermissions(
  state: ConferenceState,
  { userEndpointId }: UpdatePermissionsCommand,
  permissions: Permissions,
  endpointIds: readonly string[],
  context: RuleContext,
): readonly HistoryEvent[] {
  requireActive(state);
  requirePermission(state, context, userEndpointId, 'moderate');
  const value = JSON.stringify(permissions);
  const contents = endpointIds.flatMap((id): readonly EventContent[] => {
    const participant = findParticipant(state, id);
    if (!participant || JSON.stringify(participant.permissions) === value) return [];
    const forbidden = participant.streams.filter(({ type }) => !mayPublish(permissions, type));
    return [
      {
        type: 'ConferenceMetadataUpdatedEvent',
        operation: 'SET',
        userId: context.actor.userId,
        userEndpointId,
        key: permissionsKey(id),
        value,
      },
      ...forbidden.flatMap((stream) => unpublishing(state, participant, stream)),
    ];
  });
  return stampEvents(state, contents, context);
}

/** In the order of {@link ordinaryPermissions}, so that equal permissions are equal as text. */
function withChanges(known: Permissions, changes: PermissionChanges): Permissions {
  const { publish, view, send, moderate, record } = changes;
  return {
    publish: ordinaryPermissions.publish.filter((source) => (publish ?? known.publish).includes(source)),
    view: view ?? known.view,
    send: send ?? known.send,
    moderate: moderate ?? known.moderate,
    record: record ?? known.record,
  };
}
