import { withDeadline, type MessageStart } from '@parley-rtc/client';
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
import { keepLoading, lazily } from '../waiting/lazily.ts';
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
    { timeoutMs = 30_000, signal, ...addressed }: SendOptions,
  ): Promise<SentMessage> {
    // As it is now: the app may change it while the code loads.
    const content = payloadToWire(payload);
    return this.#inTime('send', timeoutMs, signal, (messages, running) =>
      messages.send(topic, content, { ...addressed, signal: running }),
    );
  }

  async request(
    topic: string,
    payload: MessagePayload,
    { timeoutMs = 10_000, signal, to }: RequestOptions,
  ): Promise<MessagePayload> {
    const content = payloadToWire(payload);
    return this.#inTime('request', timeoutMs, signal, (messages, running) =>
      messages.request(topic, content, { to, signal: running }),
    );
  }

  /** Rejects what was not sent. */
  close(): void {
    this.#closing.abort(new NotJoinedError());
  }

  /** Begins once the code is there. The returned function ends it. */
  #start(begin: (messages: ConferenceMessages) => () => void): () => void {
    if (this.#messages) return begin(this.#messages);
    return lazily(async (over) => {
      const signal = AbortSignal.any([over, this.#closing.signal]);
      const messages = await keepLoading(() => this.#load(), signal, this.#options.onProblem);
      return () => begin(messages);
    });
  }

  /** Within a deadline that also counts the loading of the code. */
  #inTime<Result>(
    operation: string,
    timeoutMs: number,
    given: AbortSignal | undefined,
    act: (messages: ConferenceMessages, signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const signals = [given, this.#closing.signal];
    return withDeadline({ operation, signals, timeoutMs }, async ({ signal }) =>
      act(await this.#load(), signal),
    );
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
