import { InvalidRequestError, ParleyError, TooManyRequestsError } from '@parley-rtc/client';
import type { NewMessage, SendMessagesResult } from '@parley-rtc/contract';
import { InvalidMessageError, RecipientNotFoundError } from '../errors/message-errors.ts';
import { newId } from '../new-id.ts';
import { isRefused } from '../waiting/is-refused.ts';
import { retry } from '../waiting/retry.ts';
import { serialQueue } from '../waiting/serial-queue.ts';
import { sealContextOf, type MessageEncryption } from './message-encryption.ts';
import type { Recipient, SendOptions, SentMessage } from './message.ts';
import type { WirePayload } from './payload.ts';
import { sealPayload } from './read-payload.ts';

export interface OutboxOptions {
  readonly own: { readonly conferenceId: string; readonly userEndpointId: string };
  /** Encrypts every message; undefined without end-to-end encryption. */
  readonly encryption: MessageEncryption | undefined;
  /** Asks for the messages when it sends, which can be after rejoining. */
  readonly send: (
    messages: () => Promise<readonly NewMessage[]>,
    signal: AbortSignal,
  ) => Promise<SendMessagesResult>;
}

/** {@link SendOptions} without the deadline, which the caller keeps: it also counts the loading of this code. */
export interface PostOptions extends Pick<SendOptions, 'to' | 'id'> {
  /** Aborts when nobody waits any more. */
  readonly signal: AbortSignal;
}

interface Entry {
  readonly message: NewMessage;
  /** The message, encrypted for our endpoint as it is now. */
  readonly current: () => Promise<NewMessage>;
  readonly bytes: number;
  readonly resolve: (sent: SentMessage) => void;
  readonly reject: (error: unknown) => void;
  /** Aborts when the caller no longer waits. */
  readonly signal: AbortSignal;
}

/** Limits of one request: that of the API, and well below the server's limit of a body. */
const mostMessages = 100;
const mostBytes = 256 * 1024;

/**
 * Sends messages in the order of the calls: one request at a time, with all that has gathered meanwhile. Tries again while the
 * network is lost; the server recognizes a message by its id, so none arrives twice.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #turns = serialQueue();
  #waiting: Entry[] = [];
  #isSending = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /**
   * After `signal` has aborted, the message may have been sent, and the promise need not settle.
   *
   * @throws InvalidMessageError (`ERR_INVALID_MESSAGE`), RecipientNotFoundError (`ERR_RECIPIENT_NOT_FOUND`).
   */
  async post(
    topic: string,
    content: WirePayload,
    { to, id = newId(), signal }: PostOptions,
  ): Promise<SentMessage> {
    signal.throwIfAborted();
    assertTopic(topic);
    const recipients = this.#recipientsOf(to);
    const { encryption } = this.#options;
    const plain = { id, topic, ...recipients };
    const seal = encryption && (() => this.#seal(plain, content, encryption));
    // Encryption must not change the order of the calls.
    const turn = seal && this.#turns(seal);
    const { message, sealedBy } = (await turn) ?? { message: { ...plain, ...content } };
    // Encryption binds our endpoint, which can be another one after rejoining.
    const current = async () =>
      seal && sealedBy !== this.#options.own.userEndpointId ? (await seal()).message : message;
    const bytes = new TextEncoder().encode(JSON.stringify(message)).length;
    return new Promise<SentMessage>((resolve, reject) => {
      this.#waiting.push({ message, current, bytes, resolve, reject, signal });
      void this.#sendAll();
    });
  }

  async #seal(
    message: Omit<NewMessage, 'payload'>,
    content: WirePayload,
    encryption: MessageEncryption,
  ): Promise<{ readonly message: NewMessage; readonly sealedBy: string }> {
    const { id: messageId, topic, to } = message;
    const { conferenceId, userEndpointId } = this.#options.own;
    const context = sealContextOf({ conferenceId, userEndpointId, messageId, topic, ...(to && { to }) });
    const sealed = await sealPayload(content, encryption, context);
    return { message: { ...message, ...sealed }, sealedBy: userEndpointId };
  }

  #recipientsOf(to: SendOptions['to']): Pick<NewMessage, 'to'> {
    if (to === undefined) return {};
    const list = (Array.isArray as (value: unknown) => value is readonly Recipient[])(to) ? to : [to];
    // Each once, as the server lists them: encryption binds the list.
    const ids = [
      ...new Set(list.map((recipient) => (typeof recipient === 'string' ? recipient : recipient.id))),
    ];
    if (ids.length === 0 || ids.includes(this.#options.own.userEndpointId))
      throw new RecipientNotFoundError();
    return { to: ids };
  }

  async #sendAll(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    // Calls of the same moment go together.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#sendBatch(this.#takeBatch());
    this.#isSending = false;
  }

  #takeBatch(): readonly Entry[] {
    let bytes = 0;
    let count = 0;
    for (const entry of this.#waiting.slice(0, mostMessages)) {
      bytes += entry.bytes;
      if (count > 0 && bytes > mostBytes) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #sendBatch(batch: readonly Entry[]): Promise<void> {
    try {
      const { messages } = await this.#send(batch);
      const answers = new Map(messages.map((answer) => [answer.id, answer]));
      for (const { resolve, message } of batch) {
        const { sequence = 0, timestamp: sentAt = '' } = answers.get(message.id) ?? {};
        resolve({ id: message.id, sequence, sentAt });
      }
    } catch (error) {
      // The server refuses all because of one, and sends none of them.
      if (batch.length > 1 && isRefused(error)) {
        for (const entry of batch) await this.#sendBatch([entry]);
      } else {
        for (const { reject } of batch) reject(explained(error));
      }
    }
  }

  /** Tries until nobody waits any more. Does not send again what was given up. */
  async #send(batch: readonly Entry[]): Promise<SendMessagesResult> {
    const wanted = () => batch.filter(({ signal }) => !signal.aborted);
    const messages = () => Promise.all(wanted().map(({ current }) => current()));
    const givenUp = new AbortController();
    const onAbort = () => wanted().length === 0 && givenUp.abort();
    for (const { signal } of batch) signal.addEventListener('abort', onAbort);
    onAbort();
    try {
      return await retry(() => this.#options.send(messages, givenUp.signal), {
        signal: givenUp.signal,
        budgetMs: Infinity,
        isFinal,
      });
    } finally {
      for (const { signal } of batch) signal.removeEventListener('abort', onAbort);
    }
  }
}

function assertTopic(topic: unknown): void {
  if (typeof topic === 'string' && topic.length > 0 && topic.length <= 128) return;
  throw new InvalidMessageError('The topic is not a text of 1 to 128 characters.');
}

/** The app decides what to do when it sends too much. */
function isFinal(error: unknown): boolean {
  return error instanceof TooManyRequestsError || !(error instanceof ParleyError) || !error.retryable;
}

function explained(error: unknown): unknown {
  const isUnknown = error instanceof InvalidRequestError && error.serverError === 'unknown_recipient';
  return isUnknown ? new RecipientNotFoundError({ cause: error }) : error;
}
