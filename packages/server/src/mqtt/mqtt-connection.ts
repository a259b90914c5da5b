import type { Client } from 'aedes';
import type { WebSocket } from 'ws';
import type { Actor } from '../actor.ts';
import type { Clock } from '../clock.ts';
import type { Limits } from '../limits/limits.ts';
import type { PushedEvent } from '../push/merge-events.ts';
import type { WaitingRequests } from '../push/waiting-requests.ts';
import { RefusalError } from '../refusal.ts';
import { AckWindow } from './ack-window.ts';
import { EndpointSubscription, type EventSource } from './endpoint-subscription.ts';
import { endpointOfTopic } from './endpoint-topic.ts';

/** What {@link MqttConnection} needs besides its socket. */
export interface MqttConnectionOptions {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly source: EventSource;
  readonly waiting: Pick<WaitingRequests, 'begin'>;
  /** Whether the endpoint is registered and the actor's. */
  readonly owns: (actor: Actor, endpointId: string) => boolean | Promise<boolean>;
  /** The actor that an `Authorization` header identifies. Refuses with `invalid_token` or `too_many_requests`. */
  readonly authenticate: (authorization: string) => Promise<Actor>;
  /** Refuses with `invalid_token` when the actor's login has ended. */
  readonly requireLogin: (actor: Actor) => void;
  /** Called for each event that is handed to the client's socket. */
  readonly onDelivered: () => void;
  /** Receives the server's own errors. */
  readonly onError: (error: unknown) => void;
}

/** Why the server closes a connection: the codes of RFC 6455, 7.4.1. */
export type CloseReason = readonly [code: number, reason: string];

const tokenExpired: CloseReason = [1008, 'The access token has expired. Connect with a new one.'];
const notAllowed: CloseReason = [
  1008,
  'The login has ended or was revoked, or the endpoint has newer connections.',
];
const tooSlow: CloseReason = [1008, 'Events were not acknowledged in time. Connect again.'];
const failed: CloseReason = [1011, 'The server could not read events. Connect again.'];

/** Not one: the answer to it may be on its way. */
const maxUnansweredPings = 2;
/** How long a client may take to answer the closing of its WebSocket. */
const lingerMs = 2_000;

/** One MQTT client: its login, and its subscriptions to events of its endpoints. */
export class MqttConnection {
  readonly #options: MqttConnectionOptions;
  readonly #socket: WebSocket;
  readonly #window: AckWindow;
  readonly #subscriptions = new Map<string, () => void>();
  readonly #onOver: (() => void)[] = [];
  #actor: Actor | undefined;
  #unansweredPings = 0;
  #isOver = false;

  constructor(socket: WebSocket, options: MqttConnectionOptions) {
    const { clock, limits } = options;
    this.#options = options;
    this.#socket = socket;
    this.#window = new AckWindow(limits.mqttUnacknowledged, clock);
  }

  /** Whether the client has logged in. */
  get isLoggedIn(): boolean {
    return this.#actor !== undefined;
  }

  /** How many topics are subscribed. */
  get subscriptionCount(): number {
    return this.#subscriptions.size;
  }

  /** Notes a sign of life. */
  seen(): void {
    this.#unansweredPings = 0;
  }

  /**
   * Logs in with an access token of the named user, until the token expires or the login ends. Refuses with `invalid_token`, or
   * with `too_many_requests`.
   */
  async logIn(userId: string | undefined, token: string | undefined): Promise<Actor> {
    const { clock, authenticate } = this.#options;
    const actor = await authenticate(`Bearer ${token ?? ''}`);
    if (actor.userId !== userId) {
      throw new RefusalError('invalid_token', 'The user name is not the "sub" of the access token.');
    }
    this.#waitFor(actor, undefined, this.#onOver);
    const { tokenExpiresAtMs = Infinity } = actor;
    if (tokenExpiresAtMs < Infinity) {
      const expire = (): void => {
        this.close(tokenExpired);
      };
      this.#onOver.push(clock.setTimer(expire, tokenExpiresAtMs - clock.now()));
    }
    this.#actor = actor;
    // It may have closed meanwhile.
    if (this.#isOver) this.over();
    return actor;
  }

  /** Whether the client may subscribe to a topic: only to that of a registered endpoint of its user. */
  async maySubscribe(topic: string): Promise<boolean> {
    const actor = this.#actor;
    const endpointId = actor && endpointOfTopic(topic, actor.userId);
    if (endpointId === undefined || this.#isOver) return false;
    return this.#options.owns(actor as Actor, endpointId);
  }

  /** Begins to send the events of a topic that the client may subscribe to. A repetition changes nothing. */
  subscribe(client: Client, topic: string, qos: number): void {
    const actor = this.#actor;
    const endpointId = actor && endpointOfTopic(topic, actor.userId);
    if (endpointId === undefined || this.#isOver || this.#subscriptions.has(topic)) return;
    const ending: (() => void)[] = [];
    this.#subscriptions.set(topic, () => {
      for (const end of ending) end();
    });
    try {
      this.#waitFor(actor as Actor, endpointId, ending);
    } catch {
      this.close(notAllowed);
      return;
    }
    const subscription = new EndpointSubscription({
      source: this.#options.source,
      actor: actor as Actor,
      endpointId,
      deliver: (batch) => this.#deliver(client, { topic, qos }, batch),
      onFailure: (error) => {
        this.#options.onError(error);
        this.close(failed);
      },
    });
    ending.push(() => {
      subscription.close();
    });
  }

  unsubscribe(topic: string): void {
    this.#subscriptions.get(topic)?.();
    this.#subscriptions.delete(topic);
  }

  /** Notes that the client acknowledged an event. */
  acknowledge(): void {
    this.#window.acknowledge();
  }

  /**
   * Asks for a sign of life. Closes the connection if the last ones brought none, if its login has ended, or if the client does
   * not acknowledge what it receives.
   */
  check(): void {
    // Counted, not timed: after a pause of this process, answers may lie in its sockets.
    if (this.#unansweredPings >= maxUnansweredPings) this.#socket.terminate();
    this.#unansweredPings += 1;
    this.#socket.ping();
    const { clock, limits, requireLogin } = this.#options;
    const { tokenExpiresAtMs = Infinity } = this.#actor ?? {};
    // A long timer may fire early, and then not again.
    if (tokenExpiresAtMs <= clock.now()) this.close(tokenExpired);
    if (this.#window.fullForMs >= limits.responseTimeoutMs) this.close(tooSlow);
    try {
      if (this.#actor) requireLogin(this.#actor);
    } catch {
      this.close(notAllowed);
    }
  }

  /** Sends nothing more and closes the WebSocket, which the client has a moment to answer. */
  close([code, reason]: CloseReason): void {
    if (this.#isOver) return;
    this.over();
    this.#socket.close(code, reason);
    const stopTimer = this.#options.clock.setTimer(() => {
      this.#socket.terminate();
    }, lingerMs);
    this.#socket.once('close', stopTimer);
  }

  /** Ends all subscriptions. Call it when the socket has closed. */
  over(): void {
    this.#isOver = true;
    this.#window.close();
    for (const end of this.#subscriptions.values()) end();
    this.#subscriptions.clear();
    for (const end of this.#onOver.splice(0)) end();
  }

  /** Counts among what waits for events, with the same limits, and ends when that has to. */
  #waitFor(actor: Actor, endpointId: string | undefined, ending: (() => void)[]): void {
    const subject = { conferenceId: undefined, endpointId };
    const request = this.#options.waiting.begin(actor, subject, new AbortController().signal);
    request.signal.addEventListener('abort', () => {
      this.close(notAllowed);
    });
    ending.push(request.end);
  }

  async #deliver(
    client: Client,
    { topic, qos: granted }: { readonly topic: string; readonly qos: number },
    batch: readonly PushedEvent[],
  ): Promise<void> {
    let written: Promise<void> | undefined;
    for (const { json, qos: asked } of batch) {
      const qos = asked === 'AT_LEAST_ONCE' && granted > 0 ? 1 : 0;
      if (qos === 1) await this.#window.take();
      if (this.#isOver) return;
      this.#options.onDelivered();
      written = new Promise((resolve) => {
        client.publish({ cmd: 'publish', topic, payload: json, qos, retain: false, dup: false }, () => {
          resolve();
        });
      });
    }
    await written;
  }
}
