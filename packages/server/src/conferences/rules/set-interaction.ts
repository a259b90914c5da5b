import type { ConferenceState, HistoryEvent, SetInteractionCommand } from '@parley-rtc/contract';
import { isCreator, requireActive, requireRight } from './preconditions.ts';
import type { RuleContext } from './rule-context.ts';
import { stampEvents } from './stamp-events.ts';

/**
 * Links the conference to an interaction. Allowed for participants, its creator and holders of the right (decision
 * 42).
 */
export function setInteraction(
  state: ConferenceState,
  command: SetInteractionCommand,
  context: RuleContext,
): readonly HistoryEvent[] {
  requireActive(state);
  const { actor, standing } = context;
  const isInside = state.participants.some(({ id }) => standing.owns(id));
  if (!isInside && !isCreator(state, actor)) {
    requireRight(actor, 'set-any-interaction', 'set the interaction of a conference without joining it');
  }
  const set = {
    type: 'ConferenceInteractionIdSetEvent',
    userId: actor.userId,
    ...(command.userEndpointId !== undefined && { userEndpointId: command.userEndpointId }),
    interactionId: command.interactionId,
  } as const;
  return stampEvents(state, [set], context);
}
