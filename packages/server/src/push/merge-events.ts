import type { EventQos, HistoryEvent } from '@parley-rtc/contract';
import type { OutsideEvents } from './outside-events.ts';
import type { PushPosition } from './push-position.ts';

/** One event on its way to a reader. */
export interface PushedEvent {
  /** The position after it; undefined for a message of a participant. */
  readonly position: PushPosition | undefined;
  readonly json: string;
  /** What `json` says, for an event of the history. */
  readonly event: HistoryEvent | undefined;
  /** How its sender asked for it to be delivered. Events of the history always arrive. */
  readonly qos: EventQos;
}

/** Whether the conference ends with it. */
export function isEnd({ event }: PushedEvent): boolean {
  return event?.type === 'ConferenceEndedEvent';
}

/** Adds the messages of participants, who joined before they sent them, and before the end. */
export function* withMessages(
  events: Iterable<PushedEvent>,
  received: readonly object[],
): Generator<PushedEvent> {
  const messages = received.map((message): PushedEvent => ({
    position: undefined,
    json: JSON.stringify(message),
    event: undefined,
    qos: 'AT_LEAST_ONCE',
  }));
  for (const pushed of events) {
    if (isEnd(pushed)) yield* messages.splice(0);
    yield pushed;
  }
  yield* messages;
}

/** Merges both kinds: an event outside the history precedes the history event with its version. */
export function* inOrder(
  start: PushPosition,
  events: readonly HistoryEvent[],
  outside: ReturnType<OutsideEvents['after']>,
): Generator<PushedEvent> {
  let position = start;
  const pending = outside.values();
  let next = pending.next();
  const before = function* (limit: number): Generator<PushedEvent> {
    for (; !next.done && next.value.atVersion <= limit; next = pending.next()) {
      const { sequence, json, qos } = next.value;
      position = { ...position, sequence };
      yield { position, json, event: undefined, qos };
    }
  };
  for (const event of events) {
    const { id: versionId, conferenceVersion } = event;
    if (conferenceVersion !== null) yield* before(conferenceVersion);
    const version = conferenceVersion === null ? 0 : conferenceVersion + 1;
    position = { ...position, version, versionId };
    yield { position, json: JSON.stringify(event), event, qos: 'AT_LEAST_ONCE' };
  }
  // Not those that later events of the history precede: this may be only a part of it.
  yield* before(position.version ?? 0);
}
