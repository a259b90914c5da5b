import type {
  ConferenceEvent,
  ConferenceMessageSentEvent,
  ConferenceMessagesPlacedEvent,
  ConferenceState,
  SendMessagesCommand,
  SendMessagesResult,
} from '@parley-rtc/contract';
import type { Actor } from '../actor.ts';
import type { Clock } from '../clock.ts';
import type { Conferences } from '../conferences/conferences.ts';
import { jsonBytes } from '../conferences/json-bytes.ts';
import { requireParticipant } from '../conferences/rules/preconditions.ts';
import type { MessageLog, StoredMessage } from '../event-log/message-log.ts';
import type { Sharing } from '../event-log/sharing.ts';
import type { Limits } from '../limits/limits.ts';
import { requireWithin } from '../limits/require-within.ts';
import { Listeners } from '../listeners.ts';
import { RefusalError } from '../refusal.ts';
import { Memberships } from './memberships.ts';
import { messagesOf } from './send-messages.ts';

/** What {@link Messages} needs. */
export interface MessagesOptions {
  readonly conferences: Pick<Conferences, 'find' | 'get' | 'onEvents'>;
  readonly log: MessageLog;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly limits: Limits;
  /** Limits what a user sends; undefined for no limit. */
  readonly budget: MessageBudget | undefined;
  /** Tells of messages that were sent at other nodes; absent without others. */
  readonly sharing?: Pick<Sharing, 'channel'> | undefined;
  /** Receives what a listener threw. */
  readonly onError: (error: unknown) => void;
}

/** Limits how many messages a user sends, and how many bytes. */
interface MessageBudget {
  /** Counts messages and their bytes. Rejects, without counting the bytes, for a user who used up one of them. */
  take(actor: Actor, count: number, bytes: number): Promise<void>;
}

/** Where a reader starts: after its own endpoint joined, with all kept messages, or after a sequence. */
export type MessageStart = 'joined' | 'all' | number;

/** Who reads, and from where. */
export interface MessageReading {
  readonly userEndpointId: string;
  readonly start: MessageStart;
}

/** What a reader receives. */
export type MessageEvent = ConferenceMessageSentEvent | ConferenceMessagesPlacedEvent;

/** One reader's place among the messages of a conference. */
export interface MessageReader {
  /** The next events for this reader, oldest first; empty when there are none. Not for two calls at the same time. */
  read(maxBytes: number): Promise<readonly MessageEvent[]>;
  /** Whether there is more for this reader. */
  hasMore(): Promise<boolean>;
  close(): void;
}

/** How many messages to look through at a time. */
const scanBytes = 65_536;

/** The messages that participants send to each other. */
export class Messages {
  readonly #options: MessagesOptions;
  readonly #listeners = new Map<string, Listeners<void>>();
  /** By conference and endpoint: the last message before the endpoint joined. */
  readonly #joinedAfter = new Map<string, Map<string, Promise<number>>>();
  readonly #memberships = new Memberships();
  readonly #stopFollowing: () => void;

  constructor(options: MessagesOptions) {
    this.#options = options;
    this.#stopFollowing = options.conferences.onEvents((events) => {
      for (const event of events) this.#onEvent(event);
    });
    options.sharing?.channel<string>('messages').onMessage((conferenceId) => {
      this.#listeners.get(conferenceId)?.call();
    });
  }

  /**
   * Sends messages. Sent again, they have no effect, and the answer is the same. Refuses as {@link messagesOf} does, with
   * `limit_exceeded` and with {@link RateLimitError}.
   */
  async send(command: SendMessagesCommand, actor: Actor): Promise<SendMessagesResult> {
    const { conferences, log, clock, newId, limits, budget } = this.#options;
    const before = await conferences.get(command.conferenceId, actor);
    const ids = command.messages.map(({ id }) => id);
    const knownIds = await log.known(command.conferenceId, command.userEndpointId, ids);
    const stamp = { nowMs: clock.now(), newId, knownIds };
    // Refused messages count for no limit.
    messagesOf(before, command, stamp);
    const sizes = command.messages.map((message) => jsonBytes(message));
    for (const size of sizes) requireWithin(limits, 'messageBytes', size);
    await budget?.take(
      actor,
      sizes.length,
      sizes.reduce((sum, size) => sum + size, 0),
    );
    // Until now, the sender may have left, and the conference may have ended: then nobody would receive what is stored.
    const state = await conferences.find(command.conferenceId);
    if (!state) throw new RefusalError('not_found', 'This conference has ended. Create a new one.');
    const messages = messagesOf(state, command, stamp);
    const stored = await log.append(command.conferenceId, messages, stamp.nowMs);
    this.#listeners.get(command.conferenceId)?.call();
    return {
      messages: stored.map(({ messageId: id, sequence, timestamp }) => ({ id, sequence, timestamp })),
    };
  }

  /**
   * Opens the messages for an endpoint. Refuses with `not_joined` one that is not in the conference. While it is outside later,
   * it receives nothing, and once it is back, it reads on from its place. Of a conference that has ended, only those who were in
   * it until then receive more, through readers that were opened before.
   */
  async open(
    conferenceId: string,
    { userEndpointId, start }: MessageReading,
    actor: Actor,
  ): Promise<MessageReader> {
    const { conferences, log } = this.#options;
    const reader = { userEndpointId, userId: actor.userId };
    // Before the state is read, because the endpoint may leave until it is.
    const membership = this.#memberships.watch(conferenceId, reader);
    let sequence: number;
    try {
      const opened = await conferences.get(conferenceId, actor);
      if (opened.ended) {
        membership.close();
        return endedReader;
      }
      requireParticipant(opened, userEndpointId);
      sequence = await this.#sequenceOf(conferenceId, userEndpointId, start);
    } catch (error) {
      membership.close();
      throw error;
    }
    let isPlaced = typeof start === 'number';
    /** The last dropped message that this reader would have received. Others may not show: it must not learn of them. */
    const missedThrough = async (): Promise<number | undefined> => {
      if ((await log.droppedThrough(conferenceId)) <= sequence) return undefined;
      const dropped = await log.droppedFor(conferenceId, reader);
      return dropped > sequence ? dropped : undefined;
    };
    return {
      read: async (maxBytes) => {
        const state = await conferences.find(conferenceId);
        if (!state || !membership.isInside()) return [];
        for (;;) {
          const messages = await log.after(conferenceId, sequence, maxBytes);
          // Only now, because messages may have been dropped meanwhile.
          const missed = await missedThrough();
          if (missed !== undefined || !isPlaced) {
            isPlaced = true;
            sequence = missed ?? sequence;
            return [this.#placed(state, sequence, missed !== undefined)];
          }
          sequence = Math.max(sequence, messages.at(-1)?.sequence ?? 0);
          const readable = messages.filter((message) => isFor(reader, message)).map(withoutUsers);
          if (readable.length > 0 || messages.length === 0) return readable;
        }
      },
      hasMore: async () => {
        if (!membership.isInside()) return false;
        if (!isPlaced) return true;
        for (;;) {
          const messages = await log.after(conferenceId, sequence, scanBytes);
          if (messages.some((message) => isFor(reader, message))) return true;
          if ((await missedThrough()) !== undefined) return true;
          if (messages.length === 0) return false;
          // Messages for others need not be looked at again.
          sequence = Math.max(sequence, messages.at(-1)?.sequence ?? 0);
        }
      },
      close: membership.close,
    };
  }

  /** Calls `listener` on every message of a conference, until the returned function is called. */
  onSent(conferenceId: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(conferenceId) ?? new Listeners<void>(this.#options.onError);
    this.#listeners.set(conferenceId, listeners);
    const remove = listeners.add(listener);
    return () => {
      remove();
      if (listeners.size === 0) this.#listeners.delete(conferenceId);
    };
  }

  /** Stops following the conferences. */
  close(): void {
    this.#stopFollowing();
  }

  async #sequenceOf(conferenceId: string, userEndpointId: string, start: MessageStart): Promise<number> {
    if (typeof start === 'number') {
      // A place in the future is of another life of the conference, when the clock was ahead, and would hide new messages.
      return Math.min(start, await this.#options.log.lastSequence(conferenceId));
    }
    // An endpoint that joined before a restart has read before, so it names its place; if not, it gets all that is kept.
    const { log } = this.#options;
    const joinedAfter =
      start === 'joined'
        ? await (log.joinedAfter?.(conferenceId, userEndpointId) ??
            this.#joinedAfter.get(conferenceId)?.get(userEndpointId))
        : undefined;
    return joinedAfter ?? log.droppedThrough(conferenceId);
  }

  #placed(
    { id: conferenceId, organizationId }: ConferenceState,
    sequence: number,
    hasMissed: boolean,
  ): MessageEvent {
    const { clock, newId } = this.#options;
    return {
      type: 'ConferenceMessagesPlacedEvent',
      id: newId(),
      timestamp: new Date(clock.now()).toISOString(),
      conferenceId,
      ...(organizationId !== undefined && { organizationId }),
      conferenceVersion: null,
      sequence,
      hasMissed,
    };
  }

  #onEvent(event: ConferenceEvent): void {
    this.#memberships.onEvent(event);
    const { conferenceId } = event;
    if (event.type === 'ConferenceJoinedEvent' && !this.#options.log.joinedAfter) {
      const joined = this.#joinedAfter.get(conferenceId) ?? new Map<string, Promise<number>>();
      this.#joinedAfter.set(conferenceId, joined);
      joined.set(event.userEndpointId, this.#options.log.lastSequence(conferenceId));
    }
    if (event.type === 'ConferenceLeftEvent') {
      const joined = this.#joinedAfter.get(conferenceId);
      joined?.delete(event.userEndpointId);
      if (joined?.size === 0) this.#joinedAfter.delete(conferenceId);
    }
    if (event.type === 'ConferenceEndedEvent') this.#joinedAfter.delete(conferenceId);
  }
}

/** For those who come after the end. */
const endedReader: MessageReader = {
  read: () => Promise.resolve([]),
  hasMore: () => Promise.resolve(false),
  close: () => {},
};

/** Whether an endpoint receives a message: never its own, and never one for another user who had this endpoint. */
function isFor(
  reader: { readonly userEndpointId: string; readonly userId: string },
  { userEndpointId, to, toUsers }: StoredMessage,
): boolean {
  if (!to) return userEndpointId !== reader.userEndpointId;
  return toUsers?.[to.indexOf(reader.userEndpointId)] === reader.userId;
}

function withoutUsers({ toUsers: _, ...message }: StoredMessage): ConferenceMessageSentEvent {
  return message;
}
