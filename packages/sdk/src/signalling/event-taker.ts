import {
  decodeEvent,
  follow,
  type ConferenceEvent,
  type ConferenceMessageSentEvent,
  type ConferenceMessagesPlacedEvent,
  type ConferenceState,
} from '@parley-rtc/contract';
import { UnreadableEventError } from '../errors/conference-errors.ts';
import type { EventFeedSink } from './event-feed.ts';
import type { OncePerCode } from './once-per-code.ts';

/** Types that are never part of the history. Any other event without a version is missing one. */
const outsideTypes: ReadonlySet<string> = new Set([
  'UnknownEvent',
  'ConferenceNetworkIndicatorUpdatedEvent',
  'ConferenceStreamLayersUpdatedEvent',
  'ConferenceStreamMovingEvent',
  'ConferenceMessageSentEvent',
  'ConferenceMessagesPlacedEvent',
]);

/** An event to deliver, with the state that it leads to if it is part of the history. */
interface Step {
  readonly event: ConferenceEvent;
  readonly state?: ConferenceState;
}

/** How many ids to remember; no server repeats a larger batch. */
const mostSeenIds = 512;

/**
 * Takes events in any order, with repetitions, and delivers each once and in order. Only this class decides which event is
 * next in the history, and what state it leads to.
 */
export class EventTaker {
  readonly #sink: Pick<EventFeedSink, 'conference' | 'onEvent'>;
  readonly #problems: OncePerCode;
  /** The ids of the last events that led to our state, and of the state they started from, oldest first. */
  readonly #history = new Set<string>();
  /** The ids of the last events outside the history that were delivered, oldest first. */
  readonly #outside = new Set<string>();
  /** The highest `sequence` of all messages that arrived. */
  #lastMessage = -1;
  /** Whether only a snapshot can show what happened. */
  needsSnapshot = false;
  /** Whether the server's history is not the one that our state is from, so that even an older snapshot counts. */
  isSetBack = false;

  constructor(sink: Pick<EventFeedSink, 'conference' | 'onEvent'>, problems: OncePerCode) {
    this.#sink = sink;
    this.#problems = problems;
    this.restart(sink.conference());
  }

  /**
   * Continues from a snapshot. What led to an earlier state may be of another history, so those ids are forgotten. Events
   * outside the history may be repeated to a reader that starts at a version, so theirs are not.
   */
  restart({ versionId = '' }: ConferenceState): void {
    this.needsSnapshot = false;
    this.isSetBack = false;
    this.#history.clear();
    remember(this.#history, versionId);
  }

  /** Whether `state` may be an earlier state of the history that led to ours. */
  mayPrecede({ versionId }: ConferenceState): boolean {
    return versionId === undefined || this.#history.has(versionId);
  }

  /** Requests a snapshot, because the server's history is not the one that our state is from. */
  onSetBack(): void {
    this.needsSnapshot = true;
    this.isSetBack = true;
  }

  /** Delivers what is new. Returns whether the events advance the conference, bring messages or require a snapshot. */
  take(inputs: readonly unknown[], signal: AbortSignal): boolean {
    const { conference, onEvent } = this.#sink;
    const events = inputs.flatMap((input) => this.#decode(input));
    if (events.some((event) => isOfAnotherHistory(conference(), event))) {
      this.onSetBack();
      return true;
    }
    const { applied, outside, needsSnapshot } = follow(conference(), events);
    // The version shows which events of the history are new, and the inbox knows which messages are.
    const news = outside.filter((event) => isMessage(event) || this.#isNew(event));
    const hasMessages = this.#hasNewMessages(news);
    const isEnd = ({ event }: Step) => event.type === 'ConferenceEndedEvent';
    const steps: readonly Step[] = [
      ...applied.filter((step) => !isEnd(step)),
      ...news.map((event) => ({ event })),
      // Nothing is delivered after it.
      ...applied.filter(isEnd),
    ];
    for (const { event, state } of steps) {
      if (signal.aborted) return true;
      if (state) remember(this.#history, event.id);
      onEvent(event, state);
    }
    // An event of the history without a version has no known effect, so only a snapshot can show it.
    const misplaced = news.some(({ type }) => !outsideTypes.has(type));
    this.needsSnapshot = needsSnapshot || misplaced;
    return applied.length > 0 || this.needsSnapshot || hasMessages;
  }

  /** Whether messages arrive for the first time. A server that only repeats them must not be asked again without a pause. */
  #hasNewMessages(events: readonly ConferenceEvent[]): boolean {
    const before = this.#lastMessage;
    for (const { sequence } of events.filter(isMessage))
      this.#lastMessage = Math.max(this.#lastMessage, sequence);
    return this.#lastMessage > before;
  }

  /** Whether `event` arrives for the first time; remembers its id. An event without an id always counts as new. */
  #isNew({ id }: ConferenceEvent): boolean {
    if (this.#outside.has(id)) return false;
    remember(this.#outside, id);
    return true;
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

function isMessage(
  event: ConferenceEvent,
): event is ConferenceMessageSentEvent | ConferenceMessagesPlacedEvent {
  return event.type === 'ConferenceMessageSentEvent' || event.type === 'ConferenceMessagesPlacedEvent';
}

function remember(ids: Set<string>, id: string): void {
  if (id !== '') ids.add(id);
  const [oldest] = ids;
  if (ids.size > mostSeenIds && oldest !== undefined) ids.delete(oldest);
}

/** Whether `event` led to the version of `state` in another history than that of `state`. */
function isOfAnotherHistory({ version, versionId }: ConferenceState, event: ConferenceEvent): boolean {
  const { id, conferenceVersion } = event;
  return versionId !== undefined && conferenceVersion === version - 1 && id !== '' && id !== versionId;
}
