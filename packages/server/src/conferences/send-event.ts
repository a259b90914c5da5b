import {
  decodeEvent,
  type ConferenceEvent,
  type ConferenceState,
  type JsonObject,
  type SendEventCommand,
} from '@parley-rtc/contract';
import { requireActive, requireRight } from './preconditions.ts';
import type { RuleContext } from './rule-context.ts';

/** An event outside the history and whom it is for. */
export interface SentEvent {
  readonly event: ConferenceEvent;
  readonly endpointIds: readonly string[];
}

/** An event of a business server for everybody inside. It takes no place in the history (decision 30). */
export function sendEvent(
  state: ConferenceState,
  command: SendEventCommand,
  context: RuleContext,
): SentEvent {
  requireRight(context.actor, 'send-event', 'send events; that needs the role SERVICE');
  requireActive(state);
  const { conferenceVersion: _neverVersioned, ...content } = command.event as JsonObject;
  return {
    event: decodeEvent({ id: context.newId(), conferenceId: state.id, ...content }),
    endpointIds: state.participants.map(({ id }) => id),
  };
}
