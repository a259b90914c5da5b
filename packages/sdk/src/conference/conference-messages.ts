import {
  ForbiddenError,
  NotFoundError,
  withDeadline,
  type ParleyError,
  type RtcApi,
} from '@parley-rtc/client';
import { findParticipant, type ConferenceState, type Permissions } from '@parley-rtc/contract';
import type { Announcement } from '../announcing/announcements.ts';
import { NotJoinedError } from '../errors/conference-errors.ts';
import { InvalidMessageError, UnsupportedByServerError } from '../errors/message-errors.ts';
import { NotPermittedError } from '../errors/moderation-errors.ts';
import { loadPart } from '../load-part.ts';
import { Inbox } from '../messages/inbox.ts';
import type { MessageEncryption } from '../messages/message-encryption.ts';
import type {
  MessagePayload,
  RequestHandler,
  RequestOptions,
  SendOptions,
  SentMessage,
} from '../messages/message.ts';
import type { Outbox } from '../messages/outbox.ts';
import { payloadToWire } from '../messages/payload.ts';
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
  /** Makes the feed ask again, for messages as well. */
  readonly onOpened: () => void;
}

/**
 * The messages of one conference: sent through the outbox, whose code is loaded when the app first listens or sends, and received
 * by the inbox.
 */
export class ConferenceMessages {
  readonly inbox: Inbox;
  readonly #options: ConferenceMessagesOptions;
  readonly #closing = new AbortController();
  #loadingOutbox: Promise<Outbox> | undefined;
  #loadingRequests: Promise<Requests> | undefined;

  constructor(options: ConferenceMessagesOptions) {
    const { announce, onProblem, onOpened } = options;
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
      onProblem,
      onOpened: () => {
        onOpened();
        // The network may be lost when there is something to send or to answer.
        this.#outbox().catch(() => {});
      },
    });
  }

  async send(topic: string, payload: MessagePayload, options?: SendOptions): Promise<SentMessage> {
    if (isReserved(String(topic)))
      throw new InvalidMessageError("Topics that begin with 'parley.' are reserved.");
    return this.#post(topic, payload, options);
  }

  async request(topic: string, payload: MessagePayload, options: RequestOptions): Promise<MessagePayload> {
    // As it is now: the app may change it while the code loads.
    const content = payloadToWire(payload);
    // Answers arrive like messages.
    const close = this.inbox.open();
    try {
      const { signal: given, timeoutMs = 10_000 } = options;
      const deadline = { operation: 'request', signals: [given, this.#closing.signal], timeoutMs };
      // Loading the code counts, too.
      return await withDeadline(deadline, async ({ signal }) =>
        (await this.#requests()).post(topic, content, { to: options.to, signal }),
      );
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

  /** Rejects what was not sent. */
  close(): void {
    this.#closing.abort(new NotJoinedError());
  }

  async #post(topic: string, payload: MessagePayload, options?: SendOptions): Promise<SentMessage> {
    // As it is now: the app may change it while the code loads.
    const content = payloadToWire(payload);
    if (this.#options.permissions()?.send === false) throw new NotPermittedError('send');
    const { signal: given, timeoutMs = 30_000, ...addressed } = options ?? {};
    const deadline = { operation: 'send', signals: [given, this.#closing.signal], timeoutMs };
    // Loading the code counts, too.
    return withDeadline(deadline, async ({ signal }) =>
      (await this.#outbox()).post(topic, content, { ...addressed, signal }),
    );
  }

  #requests(): Promise<Requests> {
    return (this.#loadingRequests ??= this.#loadRequests());
  }

  async #loadRequests(): Promise<Requests> {
    try {
      const { Requests } = await loadPart('messages', () => import('../messages/requests.ts'));
      return new Requests({
        send: (...message) => this.#post(...message),
        onProblem: this.#options.onProblem,
        closing: this.#closing.signal,
      });
    } catch (error) {
      this.#loadingRequests = undefined;
      throw error;
    }
  }

  /** Whether the server has the conference, with us in it: an event that says otherwise may still be on its way. */
  async #isInside(signal: AbortSignal): Promise<boolean> {
    const { api, own } = this.#options;
    const conference = await readConference(api, own.conferenceId, signal);
    return findParticipant(conference, own.userEndpointId) !== undefined;
  }

  #outbox(): Promise<Outbox> {
    return (this.#loadingOutbox ??= this.#loadOutbox());
  }

  async #loadOutbox(): Promise<Outbox> {
    const { api, own, presence, encryption } = this.#options;
    try {
      const { Outbox } = await loadPart('messages', () => import('../messages/outbox.ts'));
      return new Outbox({
        own,
        encryption,
        send: async (messages, signal) => {
          try {
            return await sendInside(presence, { operation: 'sendMessages', signal }, async () =>
              api.sendMessages({ ...own, messages: await messages() }, { signal }),
            );
          } catch (error) {
            if (error instanceof ForbiddenError && this.#options.permissions()) {
              throw new NotPermittedError('send', { cause: error });
            }
            if (!(error instanceof NotFoundError) || !(await this.#isInside(signal))) throw error;
            throw new UnsupportedByServerError('messages', { cause: error });
          }
        },
      });
    } catch (error) {
      this.#loadingOutbox = undefined;
      throw error;
    }
  }
}
