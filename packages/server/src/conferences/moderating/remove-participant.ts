import {
  findParticipant,
  type ConferenceState,
  type HistoryEvent,
  type RemoveParticipantCommand,
} from '@parley-rtc/contract';
import { RefusalError } from '../../refusal.ts';
import { departure } from '../rules/leave-conference.ts';
import { requirePermission } from '../rules/permissions.ts';
import { requireActive } from '../rules/preconditions.ts';
import type { RuleContext } from '../rules/rule-context.ts';
import { stampEvents } from '../rules/stamp-events.ts';

/** Refuses a removal that is not allowed, whoever is inside. */
export function requireMayRemove(
  state: ConferenceState,
  { userEndpointId, participantId }: RemoveParticipantCommand,
  context: RuleContext,
): void {
  requireActive(state);
  requirePermission(state, context, userEndpointId, 'moderate');
  if (participantId === userEndpointId) {
    throw new RefusalError('invalid_request', 'You cannot remove yourself. Call leave instead.');
  }
}

/** Removes endpoints at a moderator's request; no event for those that are not inside (any more). */
export function removeParticipant(
  state: ConferenceState,
  command: RemoveParticipantCommand,
  endpointIds: readonly string[],
  context: RuleContext,
): readonly HistoryEvent[] {
  requireMayRemove(state, command, context);
  const { userEndpointId, reason, ban = false } = command;
  const removedBy = { userId: context.actor.userId, userEndpointId };
  const contents = endpointIds.flatMap((id) => {
    const participant = findParticipant(state, id);
    if (!participant) return [];
    return departure(state, participant, reason).map((content) =>
      content.type === 'ConferenceLeftEvent' ? { ...content, removedBy, isBanned: ban } : content,
    );
  });
  return stampEvents(state, contents, context);
}
