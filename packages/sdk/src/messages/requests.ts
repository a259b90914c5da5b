import { AbortedError, InvalidOptionsError, withDeadline, type ParleyError } from '@parley-rtc/client';
import { ListenerError } from '../errors/conference-errors.ts';
import { RequestFailedError } from '../errors/message-errors.ts';
import { newId } from '../new-id.ts';
import { isRefused } from '../waiting/is-refused.ts';
import type { Message, MessagePayload, RequestHandler, RequestOptions } from './message.ts';
import type { PostOptions } from './outbox.ts';
import { payloadToWire, type WirePayload } from './payload.ts';
import { payloadFromWire } from './read-payload.ts';
import { replyTopic, requestTopic } from './reserved-topics.ts';

export interface RequestsOptions {
  readonly send: (topic: string, payload: MessagePayload, options: PostOptions) => Promise<unknown>;
  readonly onProblem: (error: ParleyError) => void;
  /** Aborts when we leave. */
  readonly closing: AbortSignal;
}

/** What travels as the payload of a reserved topic. */
interface Envelope {
  readonly requestId: string;
  readonly content?: WirePayload;
  /** Why there is no answer. */
  readonly failure?: 'no handler' | 'failed';
}

/** How long to try to send an answer, in milliseconds. */
const answerTimeoutMs = 10_000;

/** Requests to single participants, and their answers. */
export class Requests {
  readonly #options: RequestsOptions;
  readonly #handlers = new Map<string, RequestHandler>();
  readonly #waiting = new Map<string, (envelope: Envelope) => void>();

  constructor(options: RequestsOptions) {
    this.#options = options;
  }

  /**
   * Waits until `signal` aborts: the caller keeps the deadline, which also counts the loading of this code.
   *
   * @throws RequestFailedError (`ERR_REQUEST_FAILED`), and the errors of sending.
   */
  post(
    topic: string,
    content: WirePayload,
    { to, signal }: Pick<RequestOptions, 'to' | 'signal'>,
  ): Promise<MessagePayload> {
    const requestId = newId();
    const asking = withDeadline({ operation: 'request', signals: [signal] }, async (running) => {
      const answer = new Promise<Envelope>((resolve) => void this.#waiting.set(requestId, resolve));
      const envelope = { requestId, content } as unknown as MessagePayload;
      await this.#options.send(requestTopic(topic), envelope, { to, signal: running.signal });
      const { content: answered, failure } = await answer;
      if (!answered) throw new RequestFailedError(topic, failure === 'no handler');
      return payloadFromWire(answered);
    });
    return asking.finally(() => this.#waiting.delete(requestId));
  }

  /** @throws InvalidOptionsError (`ERR_INVALID_OPTIONS`) for a topic that has a handler. */
  handle(topic: string, handler: RequestHandler): () => void {
    if (this.#handlers.has(topic)) {
      throw new InvalidOptionsError(`There is a handler for '${topic}' already.`, 'Remove it first.');
    }
    const added: RequestHandler = (request) => handler(request);
    this.#handlers.set(topic, added);
    return () => {
      // Called again, it must not remove a later handler.
      if (this.#handlers.get(topic) === added) this.#handlers.delete(topic);
    };
  }

  /** Takes a message of a reserved topic. Ignores one that no SDK sends. */
  take(message: Message, topic: string | undefined): void {
    const envelope: unknown = message.payload;
    // What was still being decrypted when we left arrives here.
    if (this.#options.closing.aborted || !isEnvelope(envelope)) return;
    if (topic !== undefined) void this.#answer(message, topic, envelope);
    else this.#waiting.get(envelope.requestId)?.(envelope);
  }

  async #answer(message: Message, topic: string, { requestId, content }: Envelope): Promise<void> {
    const { send, closing, onProblem } = this.#options;
    const answer = await this.#call(message, topic, content);
    const to = message.from.endpointId;
    const deadline = { operation: 'send', signals: [closing], timeoutMs: answerTimeoutMs };
    const reply = (envelope: Envelope) =>
      withDeadline(deadline, ({ signal }) =>
        send(replyTopic, envelope as unknown as MessagePayload, { to, signal }),
      );
    try {
      await reply({ requestId, ...answer });
    } catch (error) {
      // Whoever asked may have left.
      if (!(error instanceof AbortedError) && !closing.aborted) onProblem(error as ParleyError);
      // It may be too large.
      if (isRefused(error) && answer.content) await reply({ requestId, failure: 'failed' }).catch(() => {});
    }
  }

  async #call(
    message: Message,
    topic: string,
    content: WirePayload = {} as WirePayload,
  ): Promise<Omit<Envelope, 'requestId'>> {
    const handler = this.#handlers.get(topic);
    if (!handler) return { failure: 'no handler' };
    try {
      const payload = payloadFromWire(content);
      return { content: payloadToWire((await handler({ ...message, topic, payload })) ?? null) };
    } catch (cause) {
      // Throws without a listener of `error`, which must not keep the answer back.
      void Promise.resolve().then(() => this.#options.onProblem(new ListenerError(topic, { cause })));
      return { failure: 'failed' };
    }
  }
}

function isEnvelope(value: unknown): value is Envelope {
  if (!isObject(value) || typeof value['requestId'] !== 'string') return false;
  return value['content'] === undefined || (isObject(value['content']) && 'payload' in value['content']);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
