import type { HistoryEvent } from '@parley-rtc/contract';
import type { Actor } from '../actor.ts';
import type { Clock } from '../clock.ts';
import type { Conferences } from '../conferences/conferences.ts';
import { requirePosition, type HistoryPosition } from '../conferences/require-position.ts';
import type { EventLog } from '../event-log/event-log.ts';
import { troubleOf } from '../health/trouble.ts';
import type { MessageReader, MessageReading, Messages } from '../messages/messages.ts';
import { readMessagesBeside } from '../messages/read-with-messages.ts';
import { inOrder, isEnd, withMessages, type PushedEvent } from './merge-events.ts';
import type { OutsideEvents } from './outside-events.ts';
import { formatPosition, parsePosition, type PushPosition } from './push-position.ts';

/** What {@link Pushes} needs. */
export interface PushesOptions {
  readonly conferences: Pick<Conferences, 'get' | 'readableNow'>;
  readonly log: Pick<EventLog, 'read' | 'settled' | 'versionIdAt' | 'wait'>;
  readonly outside: OutsideEvents;
  readonly messages: Pick<Messages, 'onSent' | 'open'>;
  readonly clock: Clock;
}

/** Where a reader starts. */
export interface PushStart extends HistoryPosition {
  /** The id of the last message that the reader received; overrides the position. */
  readonly lastEventId?: string | undefined;
  /** Whose messages to send as well. Default: none. */
  readonly messages?: MessageReading | undefined;
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
 * Streams all kinds of events: the history, which `getEvents` returns too, events outside it, and messages. Each reader has a
 * cursor into each, so nothing is stored per reader.
 */
export class Pushes {
  readonly #options: PushesOptions;
  readonly #open = new Set<AbortController>();
  /** Wake the pushes that wait. */
  readonly #wakeUps = new Set<() => void>();
  #epoch = 0;
  #isClosed = false;

  constructor(options: PushesOptions) {
    this.#options = options;
  }

  /**
   * Opens a push. It ends after the conference's last event, when a moderator shuts the actor out, when the actor's token expires,
   * when the server closes and after a minute; in all but the first two cases the reader should reconnect.
   *
   * Refuses with `not_found`, `forbidden`, `position_unavailable`, `not_joined` for messages of an endpoint outside the
   * conference, or `invalid_request` for an id that this server did not write.
   */
  async open(conferenceId: string, start: PushStart, actor: Actor, signal: AbortSignal): Promise<Push> {
    const { conferences, outside, log, messages } = this.#options;
    const asked =
      start.lastEventId === undefined
        ? { ...start, sequence: outside.placeAt(conferenceId, start.version ?? 0) }
        : parsePosition(start.lastEventId);
    const { ended } = await conferences.get(conferenceId, actor);
    // The reader's state may be of another branch than the last message that it received.
    if (start.versionId !== undefined) await requirePosition(log, conferenceId, start);
    const position = { ...asked, versionId: await requirePosition(log, conferenceId, asked) };
    const reader = start.messages && (await messages.open(conferenceId, start.messages, actor));
    const over = this.#begin(actor, signal);
    over.addEventListener('abort', () => reader?.close());
    if (over.aborted) reader?.close();
    const wasEnded = ended !== undefined;
    const batches = this.#batches(conferenceId, { actor, position, reader, wasEnded }, over);
    return { chunks: encoded(batches, over), over };
  }

  /**
   * Follows the events of a conference from a version on, as a push without messages does, for readers of other protocols. Yields
   * what is available, in order, and nothing for a time of silence. Ends as a push does, but not after a minute: abort `signal` when
   * the reader is gone.
   *
   * Refuses with `not_found`, `forbidden` or `position_unavailable`.
   */
  async follow(
    conferenceId: string,
    version: number,
    actor: Actor,
    signal: AbortSignal,
  ): Promise<AsyncIterable<readonly PushedEvent[]>> {
    const { conferences, outside, log } = this.#options;
    const sequence = outside.placeAt(conferenceId, version);
    const { ended } = await conferences.get(conferenceId, actor);
    const versionId = await requirePosition(log, conferenceId, { version });
    const over = this.#begin(actor, signal, Infinity);
    const reading = {
      actor,
      position: { version, sequence, versionId },
      reader: undefined,
      wasEnded: ended !== undefined,
    };
    return this.#batches(conferenceId, reading, over);
  }

  /** Lets all pushes check that the log still has their positions: it may have lost events. Those without one fail. */
  recheck(): void {
    this.#epoch += 1;
    for (const wakeUp of this.#wakeUps) wakeUp();
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

  #begin(
    { tokenExpiresAtMs = Infinity }: Actor,
    signal: AbortSignal,
    longestMs: number = lifetimeMs,
  ): AbortSignal {
    const { clock } = this.#options;
    const over = new AbortController();
    const end = (): void => {
      over.abort('over');
    };
    this.#open.add(over);
    const stopTimer = clock.setTimer(end, Math.min(longestMs, tokenExpiresAtMs - clock.now()));
    signal.addEventListener('abort', end);
    over.signal.addEventListener('abort', () => {
      signal.removeEventListener('abort', end);
      stopTimer();
      this.#open.delete(over);
    });
    if (this.#isClosed || signal.aborted) end();
    return over.signal;
  }

  /** What is available, in order; an empty batch after a time of silence. */
  async *#batches(
    conferenceId: string,
    { position: start, ...reading }: PushReading,
    over: AbortSignal,
  ): AsyncGenerator<readonly PushedEvent[], void> {
    const { reader, wasEnded } = reading;
    let position = start;
    let epoch = this.#epoch;
    while (!over.aborted) {
      if (epoch !== this.#epoch) {
        epoch = this.#epoch;
        await requirePosition(this.#options.log, conferenceId, position);
      }
      const read = await this.#read(conferenceId, { position, ...reading }).catch(heldBack);
      if (read === 'held back') {
        yield [];
        continue;
      }
      if (!read) return;
      const { events, isShutOut, batch } = read;
      position = batch.findLast((pushed) => pushed.position)?.position ?? position;
      if (batch.length > 0) yield batch;
      if (isShutOut || (wasEnded && events.length === 0) || batch.some(isEnd)) return;
      const isSilent = !over.aborted && (await this.#wait(conferenceId, position, reader, over));
      if (isSilent && !over.aborted) yield [];
    }
  }

  /** What is available after a position; undefined without a history. */
  async #read(
    conferenceId: string,
    { actor, position, reader }: PushReading,
  ): Promise<
    | {
        readonly events: readonly HistoryEvent[];
        readonly isShutOut: boolean;
        readonly batch: readonly PushedEvent[];
      }
    | undefined
  > {
    const { conferences, log, outside } = this.#options;
    // In this order: once an event outside the history is read, the log holds everything that happened before it.
    const sent = outside.after(conferenceId, position.sequence);
    const logged = await log.read(conferenceId, position.version, batchBytes);
    if (!logged) return undefined;
    await log.settled();
    const { events, isShutOut } = await conferences.readableNow(conferenceId, actor, logged);
    const received = reader && !isShutOut ? await readMessagesBeside(events, reader, batchBytes) : [];
    const batch = [...withMessages(inOrder(position, events, isShutOut ? [] : sent), received)];
    return { events, isShutOut, batch };
  }

  /** Resolves at the next event or when the push ends; returns true if it timed out without an event. */
  async #wait(
    conferenceId: string,
    { version = 0, sequence }: PushPosition,
    reader: MessageReader | undefined,
    over: AbortSignal,
  ): Promise<boolean> {
    const { log, outside, messages, clock } = this.#options;
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
    const stopReading = reader && messages.onSent(conferenceId, wakeUp);
    over.addEventListener('abort', wakeUp);
    this.#wakeUps.add(wakeUp);
    try {
      if (over.aborted || outside.after(conferenceId, sequence).length > 0) wakeUp();
      else if (await reader?.hasMore()) wakeUp();
      await log.wait(conferenceId, version, wake.signal);
    } finally {
      over.removeEventListener('abort', wakeUp);
      this.#wakeUps.delete(wakeUp);
      stopListening();
      stopReading?.();
      stopTimer();
    }
    return isSilent;
  }
}

/** What a push reads, and from where. */
interface PushReading {
  readonly actor: Actor;
  readonly position: PushPosition;
  readonly reader: MessageReader | undefined;
  readonly wasEnded: boolean;
}

/** Encodes batches as server-sent events: first what sends the headers, and a comment for silence. */
async function* encoded(
  batches: AsyncIterable<readonly PushedEvent[]>,
  over: AbortSignal,
): AsyncGenerator<string, void> {
  yield ': open\n\n';
  for await (const batch of batches) {
    if (batch.length === 0) yield ': still here\n\n';
    let chunk = '';
    for (const { position, json } of batch) {
      // A reader names its place among the messages itself, so they do not move the id.
      chunk += position ? `id: ${formatPosition(position)}\n` : '';
      chunk += `data: ${json}\n\n`;
      if (chunk.length < chunkCharacters) continue;
      yield chunk;
      chunk = '';
      if (over.aborted) return;
    }
    if (chunk !== '') yield chunk;
  }
}

/**
 * Takes the failure of an engine whose replicas are missing at the moment, which has waited for them a while. The caller reads again:
 * what it read may be lost.
 */
function heldBack(error: unknown): 'held back' {
  if (troubleOf(error)?.code !== 'engine_not_replicated') throw error;
  return 'held back';
}
