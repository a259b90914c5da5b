import type { ConferenceState, EndCommand, HistoryEvent } from '@parley-rtc/contract';
import { isCreator, requireActive, requireRight } from './preconditions.ts';
import type { RuleContext } from './rule-context.ts';
import { stampEvents } from './stamp-events.ts';

/** Ends the conference for everyone. Allowed for its creator and holders of the right (decisions 29, 33). */
export function endConference(
  state: ConferenceState,
  command: EndCommand,
  context: RuleContext,
): readonly HistoryEvent[] {
  requireActive(state);
  const { actor } = context;
  if (!isCreator(state, actor)) requireRight(actor, 'end-any-conference', "end another user's conference");
  const ended = {
    type: 'ConferenceEndedEvent',
    userId: actor.userId,
    userEndpointId: command.userEndpointId,
    ...(command.reason !== undefined && { reason: command.reason }),
  } as const;
  return stampEvents(state, [ended], context);
}
