import type { EventQos, HistoryEvent } from '@parley-rtc/contract';
import type { Actor } from '../actor.ts';
import type { Clock } from '../clock.ts';
import type { Conferences } from '../conferences/conferences.ts';
import { requirePosition, type HistoryPosition } from '../conferences/require-position.ts';
import type { EventLog } from '../event-log/event-log.ts';
import type { MessageReader, MessageReading, Messages } from '../messages/messages.ts';
import { readMessagesBeside } from '../messages/read-with-messages.ts';
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
    { actor, position: start, reader, wasEnded }: PushReading,
    over: AbortSignal,
  ): AsyncGenerator<readonly PushedEvent[], void> {
    const { conferences, log, outside } = this.#options;
    let position = start;
    while (!over.aborted) {
      // In this order: once an event outside the history is read, the log holds everything that happened before it.
      const sent = outside.after(conferenceId, position.sequence);
      const logged = await log.read(conferenceId, position.version, batchBytes);
      if (!logged) return;
      await log.settled();
      const { events, isShutOut } = await conferences.readableNow(conferenceId, actor, logged);
      const received = reader && !isShutOut ? await readMessagesBeside(events, reader, batchBytes) : [];
      const batch = [...withMessages(inOrder(position, events, isShutOut ? [] : sent), received)];
      position = batch.findLast((pushed) => pushed.position)?.position ?? position;
      if (batch.length > 0) yield batch;
      if (isShutOut || (wasEnded && events.length === 0) || batch.some(isEnd)) return;
      const isSilent = !over.aborted && (await this.#wait(conferenceId, position, reader, over));
      if (isSilent && !over.aborted) yield [];
    }
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
    try {
      if (over.aborted || outside.after(conferenceId, sequence).length > 0) wakeUp();
      else if (await reader?.hasMore()) wakeUp();
      await log.wait(conferenceId, version, wake.signal);
    } finally {
      over.removeEventListener('abort', wakeUp);
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

function isEnd({ event }: PushedEvent): boolean {
  return event?.type === 'ConferenceEndedEvent';
}

/** Adds the messages of participants, who joined before they sent them, and before the end. */
function* withMessages(events: Iterable<PushedEvent>, received: readonly object[]): Generator<PushedEvent> {
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
function* inOrder(
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
