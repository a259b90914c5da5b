import { type ConferenceEvent, decodeEvent, follow } from '@parley-rtc/contract';
import { UnreadableEventError } from '../errors/conference-errors.ts';
import type { EventFeedSink } from './event-feed.ts';
import type { OncePerCode } from './once-per-code.ts';
import { SeenIds } from './seen-ids.ts';

/** Events that are outside of the history by their nature; others without a version have lost it. */
const outsideTypes: ReadonlySet<string> = new Set([
  'UnknownEvent',
  'ConferenceNetworkIndicatorUpdatedEvent',
  'ConferenceStreamLayersUpdatedEvent',
]);

/** Takes in events as they come, in any order and with repetitions, and tells of each once and in order. */
export class EventTaker {
  readonly #sink: Pick<EventFeedSink, 'conference' | 'onEvent'>;
  readonly #problems: OncePerCode;
  readonly #seen = new SeenIds();
  /** Something happened that only a snapshot can tell. Reset by who has read one. */
  needsSnapshot = false;

  constructor(sink: Pick<EventFeedSink, 'conference' | 'onEvent'>, problems: OncePerCode) {
    this.#sink = sink;
    this.#problems = problems;
  }

  /** True if the events move the conference or call for a snapshot. */
  take(inputs: readonly unknown[], signal: AbortSignal): boolean {
    const { conference, onEvent } = this.#sink;
    const events = inputs.flatMap((input) => this.#decode(input)).filter(({ id }) => !this.#seen.has(id));
    const { applied, outside, needsSnapshot } = follow(conference(), events);
    for (const event of [...applied, ...outside]) {
      if (signal.aborted) return true;
      if (!this.#seen.add(event.id)) continue;
      onEvent(event);
    }
    // An event of the history that lacks its place in it: something happened, and only a snapshot can tell what.
    const misplaced = outside.some(({ type }) => !outsideTypes.has(type));
    this.needsSnapshot = needsSnapshot || misplaced;
    return applied.length > 0 || this.needsSnapshot;
  }

  #decode(input: unknown): ConferenceEvent[] {
    try {
      return [decodeEvent(input)];
    } catch (cause) {
      this.#problems.tell(new UnreadableEventError({ cause }));
      return [];
    }
  }
}
