import type { HistoryEvent } from '@parley-rtc/contract';
import type { Actor } from '../actor.ts';
import type { Clock } from '../clock.ts';
import type { Conferences } from '../conferences/conferences.ts';
import type { EventLog } from '../event-log/event-log.ts';
import type { OutsideEvents } from './outside-events.ts';
import { formatPosition, parsePosition } from './push-position.ts';

/** What {@link Pushes} needs. */
export interface PushesOptions {
  readonly conferences: Pick<Conferences, 'get'>;
  readonly log: Pick<EventLog, 'read' | 'settled' | 'wait'>;
  readonly outside: OutsideEvents;
  readonly clock: Clock;
}

/** Where a reader begins. */
export interface PushStart {
  /** The id of the last message it got; when given, `version` does not matter. */
  readonly lastEventId?: string | undefined;
  /** The first version wanted. Without it, the whole history. */
  readonly version?: number | undefined;
}

/** An open push. */
export interface Push {
  /** Server-sent events, encoded. Nothing is read ahead: who reads slowly holds a place in the log and no copy. */
  readonly chunks: AsyncIterable<string>;
  /** Aborts when the push is to end: what is not read by now is for the next one. */
  readonly over: AbortSignal;
}

/** After so long a silence a comment shows proxies and readers that the connection lives. */
const heartbeatMs = 15_000;
/**
 * A push ends after this time and its reader opens the next at once. Only a request proves that there still is a
 * reader, so this is for how long a vanished one can keep its endpoint alive.
 */
const lifetimeMs = 60_000;
/** Messages that came together travel together, up to about this many characters. */
const chunkCharacters = 16_384;

/**
 * Streams of both kinds of events: those of the history, which `getEvents` gives too, and those outside of it. Each
 * reader has a cursor into the log and into the events outside, so that nothing is kept for it.
 */
export class Pushes {
  readonly #options: PushesOptions;
  readonly #open = new Set<AbortController>();
  #isClosed = false;

  constructor(options: PushesOptions) {
    this.#options = options;
  }

  /**
   * Opens a push. It ends after the conference's last event, with the actor's token, when the server closes and after
   * a minute; all but the first ask the reader to come back.
   *
   * Refused with `not_found`, `forbidden`, or `invalid_request` for an id that is none of ours.
   */
  async open(conferenceId: string, start: PushStart, actor: Actor, signal: AbortSignal): Promise<Push> {
    const { conferences, outside } = this.#options;
    const position =
      start.lastEventId === undefined
        ? { version: start.version, sequence: outside.placeAt(conferenceId, start.version ?? 0) }
        : parsePosition(start.lastEventId);
    const { ended } = await conferences.get(conferenceId, actor);
    const over = this.#begin(actor, signal);
    return { chunks: this.#follow(conferenceId, position, ended !== undefined, over), over };
  }

  /** Ends all pushes. */
  close(): void {
    this.#isClosed = true;
    for (const over of this.#open) over.abort();
  }

  /** How many pushes are open. */
  get count(): number {
    return this.#open.size;
  }

  #begin({ tokenExpiresAtMs = Infinity }: Actor, signal: AbortSignal): AbortSignal {
    const { clock } = this.#options;
    const over = new AbortController();
    const end = (): void => {
      over.abort('over');
    };
    this.#open.add(over);
    const stopTimer = clock.setTimer(end, Math.min(lifetimeMs, tokenExpiresAtMs - clock.now()));
    signal.addEventListener('abort', end);
    over.signal.addEventListener('abort', () => {
      signal.removeEventListener('abort', end);
      stopTimer();
      this.#open.delete(over);
    });
    if (this.#isClosed || signal.aborted) end();
    return over.signal;
  }

  async *#follow(
    conferenceId: string,
    position: { readonly version: number | undefined; readonly sequence: number },
    wasEnded: boolean,
    over: AbortSignal,
  ): AsyncGenerator<string, void> {
    const { log, outside } = this.#options;
    let { version, sequence } = position;
    // Sends the headers.
    yield ': open\n\n';
    while (!over.aborted) {
      // In this order: once an event outside is seen, the log holds all that happened before it.
      const sent = outside.after(conferenceId, sequence);
      const events = await log.read(conferenceId, version);
      if (!events) return;
      await log.settled();
      let chunk = '';
      let isEnded = wasEnded;
      for (const message of inOrder(version ?? 0, events, sent)) {
        ({ version } = message);
        sequence = message.sequence ?? sequence;
        isEnded ||= message.isEnd;
        chunk += `id: ${formatPosition(version, sequence)}\ndata: ${message.json}\n\n`;
        if (chunk.length < chunkCharacters) continue;
        yield chunk;
        chunk = '';
        if (over.aborted) return;
      }
      if (chunk !== '') yield chunk;
      if (isEnded) return;
      version ??= 0;
      const isSilent = await this.#wait(conferenceId, version, sequence, over);
      if (isSilent && !over.aborted) yield ': still here\n\n';
    }
  }

  /** Resolves at the next event, when it is over, or with true when there was none for long. */
  async #wait(conferenceId: string, version: number, sequence: number, over: AbortSignal): Promise<boolean> {
    const { log, outside, clock } = this.#options;
    const wake = new AbortController();
    const wakeUp = (): void => {
      wake.abort('news');
    };
    let isSilent = false;
    const stopTimer = clock.setTimer(() => {
      isSilent = true;
      wakeUp();
    }, heartbeatMs);
    const stopListening = outside.onPublished(conferenceId, wakeUp);
    over.addEventListener('abort', wakeUp);
    if (over.aborted || outside.after(conferenceId, sequence).length > 0) wakeUp();
    await log.wait(conferenceId, version, wake.signal);
    over.removeEventListener('abort', wakeUp);
    stopListening();
    stopTimer();
    return isSilent;
  }
}

interface Message {
  /** The version that is next after it. */
  readonly version: number;
  /** Its place outside the history, if that is where it belongs. */
  readonly sequence?: number;
  readonly json: string;
  readonly isEnd: boolean;
}

/** Both kinds in one order: an event outside comes before that of the history with its version. */
function* inOrder(
  version: number,
  events: readonly HistoryEvent[],
  outside: ReturnType<OutsideEvents['after']>,
): Generator<Message> {
  const pending = outside.values();
  let next = pending.next();
  const before = function* (limit: number): Generator<Message> {
    for (; !next.done && next.value.atVersion <= limit; next = pending.next()) {
      yield { version, sequence: next.value.sequence, json: next.value.json, isEnd: false };
    }
  };
  for (const event of events) {
    const { conferenceVersion, type } = event;
    if (conferenceVersion !== null) yield* before(conferenceVersion);
    version = conferenceVersion === null ? 0 : conferenceVersion + 1;
    yield { version, json: JSON.stringify(event), isEnd: type === 'ConferenceEndedEvent' };
  }
  yield* before(Infinity);
}
