import type { HistoryEvent } from '@parley-rtc/contract';
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
    return { chunks: this.#follow(conferenceId, { actor, position, reader, wasEnded }, over), over };
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
    { actor, position: start, reader, wasEnded }: PushReading,
    over: AbortSignal,
  ): AsyncGenerator<string, void> {
    const { conferences, log, outside } = this.#options;
    let position = start;
    // Sends the headers.
    yield ': open\n\n';
    while (!over.aborted) {
      // In this order: once an event outside the history is read, the log holds everything that happened before it.
      const sent = outside.after(conferenceId, position.sequence);
      const logged = await log.read(conferenceId, position.version, batchBytes);
      if (!logged) return;
      await log.settled();
      const { events, isShutOut } = await conferences.readableNow(conferenceId, actor, logged);
      const received = reader && !isShutOut ? await readMessagesBeside(events, reader, batchBytes) : [];
      let chunk = '';
      let isEnded = wasEnded && events.length === 0;
      for (const message of withMessages(inOrder(position, events, isShutOut ? [] : sent), received)) {
        if (message.position) ({ position } = message);
        isEnded ||= message.isEnd;
        // A reader names its place among the messages itself, so they do not move the id.
        chunk += message.position ? `id: ${formatPosition(position)}\n` : '';
        chunk += `data: ${message.json}\n\n`;
        if (chunk.length < chunkCharacters) continue;
        yield chunk;
        chunk = '';
        if (over.aborted) return;
      }
      if (chunk !== '') yield chunk;
      if (isEnded || isShutOut) return;
      const isSilent = await this.#wait(conferenceId, position, reader, over);
      if (isSilent && !over.aborted) yield ': still here\n\n';
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

interface Message {
  /** The position after it; undefined for a message of a participant. */
  readonly position: PushPosition | undefined;
  readonly json: string;
  readonly isEnd: boolean;
}

/** Adds the messages of participants, who joined before they sent them, and before the end. */
function* withMessages(events: Iterable<Message>, received: readonly object[]): Generator<Message> {
  const messages = received.map((event) => ({
    position: undefined,
    json: JSON.stringify(event),
    isEnd: false,
  }));
  for (const event of events) {
    if (event.isEnd) yield* messages.splice(0);
    yield event;
  }
  yield* messages;
}

/** Merges both kinds: an event outside the history precedes the history event with its version. */
function* inOrder(
  start: PushPosition,
  events: readonly HistoryEvent[],
  outside: ReturnType<OutsideEvents['after']>,
): Generator<Message & { readonly position: PushPosition }> {
  let position = start;
  const pending = outside.values();
  let next = pending.next();
  const before = function* (limit: number): Generator<Message & { readonly position: PushPosition }> {
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
