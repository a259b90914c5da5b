import { withDeadline, type MessageStart, type ParleyError } from '@parley-rtc/client';
import type { ConferenceMessageSentEvent, ConferenceMessagesPlacedEvent } from '@parley-rtc/contract';
import { NotJoinedError } from '../errors/conference-errors.ts';
import { loadPart } from '../load-part.ts';
import type {
  MessagePayload,
  RequestHandler,
  RequestOptions,
  SendOptions,
  SentMessage,
} from '../messages/message.ts';
import { payloadToWire } from '../messages/payload.ts';
import { retry } from '../waiting/retry.ts';
import type { ConferenceMessages, ConferenceMessagesOptions } from './conference-messages.ts';

/**
 * The messages of one conference. Their code loads when the app first listens, sends or answers. Before that, the server is asked
 * for no messages, and afterwards for all since we joined, so none is missed.
 */
export class Messaging {
  readonly #options: Omit<ConferenceMessagesOptions, 'closing'>;
  readonly #closing = new AbortController();
  #messages: ConferenceMessages | undefined;
  #loading: Promise<ConferenceMessages> | undefined;

  constructor(options: Omit<ConferenceMessagesOptions, 'closing'>) {
    this.#options = options;
  }

  /** Which messages to ask for now; undefined for none. */
  ask(): MessageStart | undefined {
    return this.#messages?.inbox.ask();
  }

  take(event: ConferenceMessageSentEvent | ConferenceMessagesPlacedEvent): void {
    this.#messages?.inbox.take(event);
  }

  /** Resolves when all messages so far have been delivered; undefined if they have been. */
  settled(): Promise<void> | undefined {
    return this.#messages?.inbox.settled();
  }

  /** Receives messages until the returned function is called. */
  listen(): () => void {
    return this.#start(({ inbox }) => inbox.listen());
  }

  /** Answers requests until the returned function is called. */
  onRequest(topic: string, handler: RequestHandler): () => void {
    return this.#start((messages) => messages.onRequest(topic, handler));
  }

  async send(
    topic: string,
    payload: MessagePayload,
    { timeoutMs = 30_000, ...options }: SendOptions,
  ): Promise<SentMessage> {
    // As it is now: the app may change it while the code loads.
    const content = payloadToWire(payload);
    const deadline = { operation: 'send', signals: [options.signal, this.#closing.signal], timeoutMs };
    return withDeadline(deadline, async ({ signal }) =>
      (await this.#load()).send(topic, content, { ...options, signal }),
    );
  }

  async request(
    topic: string,
    payload: MessagePayload,
    { timeoutMs = 10_000, to, signal: given }: RequestOptions,
  ): Promise<MessagePayload> {
    const content = payloadToWire(payload);
    const deadline = { operation: 'request', signals: [given, this.#closing.signal], timeoutMs };
    return withDeadline(deadline, async ({ signal }) =>
      (await this.#load()).request(topic, content, { to, signal }),
    );
  }

  /** Rejects what was not sent. */
  close(): void {
    this.#closing.abort(new NotJoinedError());
  }

  /**
   * Begins once the code is there, and tries to load it until then: the first failure is announced. The returned function ends it.
   */
  #start(begin: (messages: ConferenceMessages) => () => void): () => void {
    if (this.#messages) return begin(this.#messages);
    let isOver = false;
    let isTold = false;
    let stop: (() => void) | undefined;
    const load = async (): Promise<void> => {
      if (isOver) return;
      try {
        const messages = await this.#load();
        if (!isOver) stop = begin(messages);
      } catch (error) {
        if (!isTold && !isOver) this.#options.onProblem(error as ParleyError);
        isTold = true;
        throw error;
      }
    };
    const { signal } = this.#closing;
    // Rejects only after leaving.
    retry(load, { signal, budgetMs: Infinity, isFinal: () => false }).catch(() => {});
    return () => {
      isOver = true;
      stop?.();
    };
  }

  #load(): Promise<ConferenceMessages> {
    return (this.#loading ??= this.#create());
  }

  async #create(): Promise<ConferenceMessages> {
    try {
      const { ConferenceMessages } = await loadPart('messages', () => import('./conference-messages.ts'));
      this.#messages = new ConferenceMessages({ ...this.#options, closing: this.#closing.signal });
      return this.#messages;
    } catch (error) {
      this.#loading = undefined;
      throw error;
    }
  }
}
