import type { ConferenceState, EventQos, JsonObject, SendEventCommand } from '@parley-rtc/contract';
import { requireActive, requireRight } from '../rules/preconditions.ts';
import type { RuleContext } from '../rules/rule-context.ts';
import { maskEvent } from './mask-event.ts';

/** An event outside the history, and its recipients. */
export interface SentEvent {
  /** As delivered. */
  readonly event: JsonObject;
  /** As it may be stored or logged, with the masked parts hidden. */
  readonly masked: JsonObject;
  readonly qos: EventQos;
  /** The conference's version when it was sent: participants at a later version joined later. */
  readonly atVersion: number;
  readonly endpointIds: readonly string[];
}

/** An event of a business server for all participants. It is not part of the history (decision 30). */
export function sendEvent(
  state: ConferenceState,
  command: SendEventCommand,
  context: RuleContext,
): SentEvent {
  requireRight(context.actor, 'send-event', 'send events (SERVICE may)');
  requireActive(state);
  const { conferenceVersion: _neverVersioned, ...content } = command.event as JsonObject;
  const event: JsonObject = { id: context.newId(), conferenceId: state.id, ...content };
  return {
    event,
    masked: maskEvent(event, command.masks ?? []),
    qos: command.qos ?? 'BEST_EFFORT',
    atVersion: state.version,
    endpointIds: state.participants.map(({ id }) => id),
  };
}
