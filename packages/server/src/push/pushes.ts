import type { HistoryEvent } from '@parley-rtc/contract';
import type { Actor } from '../actor.ts';
import type { Clock } from '../clock.ts';
import type { Conferences } from '../conferences/conferences.ts';
import { requirePosition, type HistoryPosition } from '../conferences/require-position.ts';
import type { EventLog } from '../event-log/event-log.ts';
import type { OutsideEvents } from './outside-events.ts';
import { formatPosition, parsePosition, type PushPosition } from './push-position.ts';

/** What {@link Pushes} needs. */
export interface PushesOptions {
  readonly conferences: Pick<Conferences, 'get'>;
  readonly log: Pick<EventLog, 'read' | 'settled' | 'versionIdAt' | 'wait'>;
  readonly outside: OutsideEvents;
  readonly clock: Clock;
}

/** Where a reader starts. */
export interface PushStart extends HistoryPosition {
  /** The id of the last message that the reader received; overrides the position. */
  readonly lastEventId?: string | undefined;
}

/** An open push. */
export interface Push {
  /** Encoded server-sent events. Nothing is read ahead: a slow reader holds a position in the log, not a copy. */
  readonly chunks: AsyncIterable<string>;
  /** Aborts when the push has to end; unread events go to the next push. */
  readonly over: AbortSignal;
}

/** After this much silence, a comment shows proxies and readers that the connection is alive. */
const heartbeatMs = 15_000;
/**
 * A push ends after this time, and its reader immediately opens the next. Only a request proves that a reader still
 * exists, so this is how long a vanished reader can keep its endpoint alive.
 */
const lifetimeMs = 60_000;
/** Messages available at the same time are sent together, up to about this many characters. */
const chunkCharacters = 16_384;
/** How much of the history a reader holds in memory at a time, however far behind it is. */
const batchBytes = 65_536;

/**
 * Streams both kinds of events: the history, which `getEvents` returns too, and events outside it. Each reader has a
 * cursor into both, so nothing is stored per reader.
 */
export class Pushes {
  readonly #options: PushesOptions;
  readonly #open = new Set<AbortController>();
  #isClosed = false;

  constructor(options: PushesOptions) {
    this.#options = options;
  }

  /**
   * Opens a push. It ends after the conference's last event, when the actor's token expires, when the server closes
   * and after a minute; in all but the first case the reader should reconnect.
   *
   * Refuses with `not_found`, `forbidden`, `position_unavailable`, or `invalid_request` for an id that this server did not
   * write.
   */
  async open(conferenceId: string, start: PushStart, actor: Actor, signal: AbortSignal): Promise<Push> {
    const { conferences, outside, log } = this.#options;
    const asked =
      start.lastEventId === undefined
        ? { ...start, sequence: outside.placeAt(conferenceId, start.version ?? 0) }
        : parsePosition(start.lastEventId);
    const { ended } = await conferences.get(conferenceId, actor);
    // The reader's state may be of another branch than the last message that it received.
    if (start.versionId !== undefined) await requirePosition(log, conferenceId, start);
    const position = { ...asked, versionId: await requirePosition(log, conferenceId, asked) };
    const over = this.#begin(actor, signal);
    return { chunks: this.#follow(conferenceId, position, ended !== undefined, over), over };
  }

  /** Ends all pushes. */
  close(): void {
    this.#isClosed = true;
    for (const over of this.#open) over.abort();
  }

  /** Number of open pushes. */
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
    start: PushPosition,
    wasEnded: boolean,
    over: AbortSignal,
  ): AsyncGenerator<string, void> {
    const { log, outside } = this.#options;
    let position = start;
    // Sends the headers.
    yield ': open\n\n';
    while (!over.aborted) {
      // In this order: once an event outside the history is read, the log holds everything that happened before it.
      const sent = outside.after(conferenceId, position.sequence);
      const events = await log.read(conferenceId, position.version, batchBytes);
      if (!events) return;
      await log.settled();
      let chunk = '';
      let isEnded = wasEnded && events.length === 0;
      for (const message of inOrder(position, events, sent)) {
        ({ position } = message);
        isEnded ||= message.isEnd;
        chunk += `id: ${formatPosition(position)}\ndata: ${message.json}\n\n`;
        if (chunk.length < chunkCharacters) continue;
        yield chunk;
        chunk = '';
        if (over.aborted) return;
      }
      if (chunk !== '') yield chunk;
      if (isEnded) return;
      const isSilent = await this.#wait(conferenceId, position, over);
      if (isSilent && !over.aborted) yield ': still here\n\n';
    }
  }

  /** Resolves at the next event or when the push ends; returns true if it timed out without an event. */
  async #wait(
    conferenceId: string,
    { version = 0, sequence }: PushPosition,
    over: AbortSignal,
  ): Promise<boolean> {
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
  /** The position after it. */
  readonly position: PushPosition;
  readonly json: string;
  readonly isEnd: boolean;
}

/** Merges both kinds: an event outside the history precedes the history event with its version. */
function* inOrder(
  start: PushPosition,
  events: readonly HistoryEvent[],
  outside: ReturnType<OutsideEvents['after']>,
): Generator<Message> {
  let position = start;
  const pending = outside.values();
  let next = pending.next();
  const before = function* (limit: number): Generator<Message> {
    for (; !next.done && next.value.atVersion <= limit; next = pending.next()) {
      position = { ...position, sequence: next.value.sequence };
      yield { position, json: next.value.json, isEnd: false };
    }
  };
  for (const event of events) {
    const { id: versionId, conferenceVersion, type } = event;
    if (conferenceVersion !== null) yield* before(conferenceVersion);
    const version = conferenceVersion === null ? 0 : conferenceVersion + 1;
    position = { ...position, version, versionId };
    yield { position, json: JSON.stringify(event), isEnd: type === 'ConferenceEndedEvent' };
  }
  // Not those that later events of the history precede: this may be only a part of it.
  yield* before(position.version ?? 0);
}
