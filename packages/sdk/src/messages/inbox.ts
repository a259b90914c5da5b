import type { MessageStart, ParleyError } from '@parley-rtc/client';
import {
  findParticipant,
  type ConferenceMessageSentEvent,
  type ConferenceMessagesPlacedEvent,
  type ConferenceState,
} from '@parley-rtc/contract';
import { MessageNotDecryptedError, MessagesMissedError } from '../errors/message-errors.ts';
import { serialQueue } from '../waiting/serial-queue.ts';
import { sealContextOf, type MessageEncryption } from './message-encryption.ts';
import type { Message } from './message.ts';
import type { WirePayload } from './payload.ts';
import { isSealed, payloadFromWire, unsealPayload } from './read-payload.ts';
import { isReserved } from './reserved-topics.ts';

export interface InboxOptions {
  /** Whether to begin with the messages from before we joined. */
  readonly withHistory: boolean;
  readonly encryption: MessageEncryption | undefined;
  readonly conference: () => ConferenceState;
  readonly onMessage: (message: Message) => void;
  /** Receives messages of topics that apps cannot use. */
  readonly onReserved: (message: Message) => void;
  readonly onProblem: (error: ParleyError) => void;
  /** The feed must ask for something else than it does now. */
  readonly onOpened: () => void;
}

/** How many encrypted messages to remember, so that the server cannot repeat them. */
const mostSeen = 10_000;

/** How many messages to hold for a listener while only requests are served. */
const mostHeld = 1_000;

/** Our place among the messages of a conference. Nothing is asked for, and so nothing arrives, while nobody listens. */
export class Inbox {
  readonly #options: InboxOptions;
  /** Decrypting takes time, and must not change the order. */
  readonly #queue = serialQueue();
  readonly #seen = new Set<string>();
  /** The last message that we have received or that was sent before us; undefined until the server says. */
  #place: number | undefined;
  /** The last message from before we joined, which we have to know before the history; undefined without history. */
  #joinedAfter: number | undefined;
  /** Whether something came while nobody listened. What follows it has to wait until we have asked for it again. */
  #hasSkipped = false;
  /** How many messages wait to be decrypted. */
  #undecrypted = 0;
  /** Who listens: the app to messages, or we to requests and answers. */
  readonly #openings = new Set<object>();
  readonly #listeners = new Set<object>();
  /** What no listener has received yet. What arrives while the next one begins with it comes after it. */
  #held: Message[] = [];

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  /** Which messages to ask for now; undefined for none. */
  ask(): MessageStart | undefined {
    if (this.#openings.size === 0) return undefined;
    this.#hasSkipped = false;
    return this.#place ?? (this.#joinedAfter === undefined ? 'joined' : 'all');
  }

  /** Receives messages until the returned function is called. Opened again, continues with what came meanwhile. */
  listen(): () => void {
    const listener = {};
    this.#listeners.add(listener);
    // After the listener has been added.
    queueMicrotask(() => this.#deliverHeld());
    const close = this.open();
    return () => {
      this.#listeners.delete(listener);
      close();
    };
  }

  /** Receives requests and answers, and holds messages for the next listener, until the returned function is called. */
  open(): () => void {
    const opening = {};
    this.#openings.add(opening);
    if (this.#openings.size === 1) this.#options.onOpened();
    return () => void this.#openings.delete(opening);
  }

  take(event: ConferenceMessageSentEvent | ConferenceMessagesPlacedEvent): void {
    const { encryption, withHistory, onProblem, onOpened } = this.#options;
    const { sequence } = event;
    this.#hasSkipped ||= this.#openings.size === 0;
    // A second request may have been under way.
    if (this.#hasSkipped || (this.#place !== undefined && sequence <= this.#place)) return;
    if (withHistory && this.#joinedAfter === undefined) {
      this.#joinedAfter = sequence;
      // Now for the history, and what follows it.
      this.#hasSkipped = true;
      onOpened();
      return;
    }
    this.#place = sequence;
    if (event.type === 'ConferenceMessagesPlacedEvent') {
      if (event.hasMissed) onProblem(new MessagesMissedError());
    } else if (encryption || isSealed(event)) {
      this.#undecrypted += 1;
      void this.#queue(() => this.#decrypt(event));
    } else this.#deliver(this.#messageOf(event, event));
  }

  /** Resolves when all messages so far have been delivered; undefined if they have been. */
  settled(): Promise<void> | undefined {
    return this.#undecrypted > 0 ? this.#queue(async () => {}) : undefined;
  }

  #deliver(message: Message): void {
    const { onMessage, onReserved, onProblem } = this.#options;
    if (isReserved(message.topic)) {
      // A request from before we joined was for an earlier page, which may have handled it.
      if (message.sequence > (this.#joinedAfter ?? -Infinity)) onReserved(message);
    } else if (this.#listeners.size > 0 && this.#held.length === 0) onMessage(message);
    else if (this.#held.push(message) > mostHeld && this.#listeners.size === 0) {
      this.#held.shift();
      onProblem(new MessagesMissedError());
    }
  }

  /** Keeps what remains when a listener removes the last one. */
  #deliverHeld(): void {
    while (this.#listeners.size > 0) {
      const message = this.#held.shift();
      if (!message) return;
      this.#options.onMessage(message);
    }
  }

  async #decrypt(event: ConferenceMessageSentEvent): Promise<void> {
    const { encryption, onProblem } = this.#options;
    try {
      if (!encryption) throw new Error('We joined without `encryption`.');
      const content = await unsealPayload(event, encryption, sealContextOf(event));
      this.#requireUnseen(event);
      this.#deliver(this.#messageOf(event, content));
    } catch (cause) {
      onProblem(new MessageNotDecryptedError(event.userEndpointId, event.messageId, { cause }));
    } finally {
      this.#undecrypted -= 1;
    }
  }

  #requireUnseen({ userEndpointId, messageId }: ConferenceMessageSentEvent): void {
    const key = JSON.stringify([userEndpointId, messageId]);
    if (this.#seen.has(key)) throw new Error('The server repeated the message.');
    this.#seen.add(key);
    const [oldest] = this.#seen;
    if (this.#seen.size > mostSeen && oldest !== undefined) this.#seen.delete(oldest);
  }

  #messageOf(event: ConferenceMessageSentEvent, content: WirePayload): Message {
    const {
      messageId: id,
      sequence,
      topic,
      userEndpointId: endpointId,
      userId,
      timestamp: sentAt,
      to,
    } = event;
    const present = findParticipant(this.#options.conference(), endpointId);
    // After the sender left, another user can register the endpoint.
    const participant = present?.userId === userId ? present : undefined;
    const payload = payloadFromWire(content);
    return { id, topic, payload, from: { endpointId, userId, participant }, sentAt, sequence, to };
  }
}
