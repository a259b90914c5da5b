import { ForbiddenError, NotFoundError, type ParleyError, type RtcApi } from '@parley-rtc/client';
import {
  findParticipant,
  type ConferenceState,
  type NewMessage,
  type Permissions,
  type SendMessagesResult,
} from '@parley-rtc/contract';
import type { Announcement } from '../announcing/announcements.ts';
import { InvalidMessageError, UnsupportedByServerError } from '../errors/message-errors.ts';
import { NotPermittedError } from '../errors/moderation-errors.ts';
import { loadPart } from '../load-part.ts';
import { Inbox } from '../messages/inbox.ts';
import type { MessageEncryption } from '../messages/message-encryption.ts';
import type { MessagePayload, RequestHandler, RequestOptions, SentMessage } from '../messages/message.ts';
import { Outbox, type PostOptions } from '../messages/outbox.ts';
import { payloadToWire, type WirePayload } from '../messages/payload.ts';
import type { Requests } from '../messages/requests.ts';
import { isReserved, requestedTopic } from '../messages/reserved-topics.ts';
import { readConference } from '../presence/enter-conference.ts';
import { sendInside, type Presence } from '../presence/send-inside.ts';
import type { OwnIds } from './metadata-calls.ts';

export interface ConferenceMessagesOptions {
  readonly api: Pick<RtcApi, 'getConference' | 'getSimpleView' | 'sendMessages'>;
  readonly own: OwnIds;
  readonly presence: Presence;
  readonly withHistory: boolean;
  readonly encryption: MessageEncryption | undefined;
  readonly conference: () => ConferenceState;
  /** What we may do, as last known; undefined on a server without permissions. */
  readonly permissions: () => Permissions | undefined;
  readonly announce: (announcements: readonly Announcement[]) => void;
  readonly onProblem: (error: ParleyError) => void;
  /** Aborts when we leave. */
  readonly closing: AbortSignal;
  /** Makes the feed ask again, for messages as well. */
  readonly onOpened: () => void;
}

/**
 * The messages of one conference: received by the inbox, sent through the outbox. Sends until a caller's signal aborts: the caller
 * keeps the deadline, which also counts the loading of this code.
 */
export class ConferenceMessages {
  readonly inbox: Inbox;
  readonly #options: ConferenceMessagesOptions;
  readonly #outbox: Outbox;
  #loadingRequests: Promise<Requests> | undefined;

  constructor(options: ConferenceMessagesOptions) {
    const { own, encryption, announce, onProblem } = options;
    this.#options = options;
    this.inbox = new Inbox({
      ...options,
      onMessage: (message) => announce([['message', message]]),
      onReserved: (message) => {
        const topic = requestedTopic(message.topic);
        this.#requests().then(
          (requests) => requests.take(message, topic),
          (error: ParleyError) => onProblem(error),
        );
      },
    });
    this.#outbox = new Outbox({ own, encryption, send: (...sending) => this.#send(...sending) });
  }

  /** @throws InvalidMessageError (`ERR_INVALID_MESSAGE`) for a reserved topic, and the errors of the outbox. */
  async send(topic: string, content: WirePayload, options: PostOptions): Promise<SentMessage> {
    if (isReserved(String(topic)))
      throw new InvalidMessageError("Topics that begin with 'parley.' are reserved.");
    return this.#post(topic, content, options);
  }

  async request(
    topic: string,
    content: WirePayload,
    options: Pick<RequestOptions, 'to' | 'signal'>,
  ): Promise<MessagePayload> {
    // Answers arrive like messages.
    const close = this.inbox.open();
    try {
      return await (await this.#requests()).post(topic, content, options);
    } finally {
      close();
    }
  }

  /** Answers requests until the returned function is called. */
  onRequest(topic: string, handler: RequestHandler): () => void {
    const close = this.inbox.open();
    let isOver = false;
    const handling = this.#requests().then((requests) => {
      // The handler that replaces a removed one may be added in the same moment.
      return isOver ? undefined : requests.handle(topic, handler);
    });
    handling.catch((error: ParleyError) => this.#options.onProblem(error));
    return () => {
      isOver = true;
      close();
      handling.then((stop) => stop?.()).catch(() => {});
    };
  }

  async #post(topic: string, content: WirePayload, options: PostOptions): Promise<SentMessage> {
    if (this.#options.permissions()?.send === false) throw new NotPermittedError('send');
    return this.#outbox.post(topic, content, options);
  }

  async #send(
    messages: () => Promise<readonly NewMessage[]>,
    signal: AbortSignal,
  ): Promise<SendMessagesResult> {
    const { api, own, presence, permissions } = this.#options;
    try {
      return await sendInside(presence, { operation: 'sendMessages', signal }, async () =>
        api.sendMessages({ ...own, messages: await messages() }, { signal }),
      );
    } catch (error) {
      if (error instanceof ForbiddenError && permissions()) {
        throw new NotPermittedError('send', { cause: error });
      }
      if (!(error instanceof NotFoundError) || !(await this.#isInside(signal))) throw error;
      throw new UnsupportedByServerError('messages', { cause: error });
    }
  }

  /** Whether the server has the conference, with us in it: an event that says otherwise may still be on its way. */
  async #isInside(signal: AbortSignal): Promise<boolean> {
    const { api, own } = this.#options;
    const conference = await readConference(api, own.conferenceId, signal);
    return findParticipant(conference, own.userEndpointId) !== undefined;
  }

  #requests(): Promise<Requests> {
    return (this.#loadingRequests ??= this.#loadRequests());
  }

  async #loadRequests(): Promise<Requests> {
    try {
      const { Requests } = await loadPart('messages', () => import('../messages/requests.ts'));
      return new Requests({
        send: (topic, payload, sending) => this.#post(topic, payloadToWire(payload), sending),
        onProblem: this.#options.onProblem,
        closing: this.#options.closing,
      });
    } catch (error) {
      this.#loadingRequests = undefined;
      throw error;
    }
  }
}
