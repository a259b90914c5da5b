import type { ConferenceState, EndCommand, HistoryEvent } from '@parley-rtc/contract';
import { requirePermission } from './permissions.ts';
import { isCreator, requireActive } from './preconditions.ts';
import type { RuleContext } from './rule-context.ts';
import { stampEvents } from './stamp-events.ts';

/** Ends the conference for everyone. Allowed for its creator, holders of the right, and moderators (decisions 29, 33). */
export function endConference(
  state: ConferenceState,
  command: EndCommand,
  context: RuleContext,
): readonly HistoryEvent[] {
  requireActive(state);
  const { actor } = context;
  if (!isCreator(state, actor) && !actor.rights.has('end-any-conference')) {
    requirePermission(state, context, command.userEndpointId, 'moderate');
  }
  const ended = {
    type: 'ConferenceEndedEvent',
    userId: actor.userId,
    userEndpointId: command.userEndpointId,
    ...(command.reason !== undefined && { reason: command.reason }),
  } as const;
  return stampEvents(state, [ended], context);
}
