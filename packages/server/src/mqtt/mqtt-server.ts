import type { IncomingMessage } from 'node:http';
import { callbackify } from 'node:util';
import { Aedes, type AuthenticateError, type Client } from 'aedes';
import type { RawData, WebSocket } from 'ws';
import { userKeyOf } from '../actor.ts';
import { requireWithin } from '../limits/require-within.ts';
import { Tally } from '../limits/tally.ts';
import { RefusalError } from '../refusal.ts';
import { repeatEvery } from '../repeat-every.ts';
import { MqttConnection, type MqttConnectionOptions } from './mqtt-connection.ts';
import { PacketMeter } from './packet-meter.ts';
import { packetStreamOf } from './packet-stream.ts';

/** Receives a line of the log. */
export type MqttLog = (
  level: 'debug' | 'info',
  message: string,
  fields: Readonly<Record<string, unknown>>,
) => void;

/** What {@link MqttServer} needs. */
export interface MqttServerOptions extends Omit<MqttConnectionOptions, 'onDelivered'> {
  readonly log: MqttLog;
}

/** Where a WebSocket comes from. */
export interface WebSocketOrigin {
  /** Identifies the address of the caller, for limits. */
  readonly address: string;
  /** The id of the request that opened it, for the log. */
  readonly requestId: string;
  readonly request: IncomingMessage;
}

/** Counts for the metrics. */
export interface MqttFacts {
  /** Clients that have logged in. */
  readonly clients: number;
  readonly subscriptions: number;
  /** Events sent to clients since the server started. */
  readonly deliveredTotal: number;
  /** Connections, subscriptions and packets refused since the server started. */
  readonly refusedTotal: number;
}

/** How often each client is asked for a sign of life, and its login checked. */
const checkMs = 15_000;

/** Return codes of CONNACK (MQTT 3.1.1, 3.2.2.3). */
const serverUnavailable = 3;
const badCredentials = 4;
const notAuthorized = 5;

/**
 * MQTT 3.1.1 over WebSocket, for clients that only subscribe to the events of their endpoints. Every client reads the
 * history by itself, so nothing is stored or routed: no sessions, retained messages or wills.
 */
export class MqttServer {
  readonly #options: MqttServerOptions;
  readonly #broker: Aedes;
  readonly #connections = new Map<Client, MqttConnection>();
  readonly #sockets = new Map<WebSocket, MqttConnection>();
  /** By address: WebSockets whose client has not logged in. */
  readonly #connecting = new Tally();
  readonly #withWill = new WeakSet<Client>();
  readonly #stopChecks: () => void;
  #deliveredTotal = 0;
  #refusedTotal = 0;
  #isClosed = false;

  private constructor(options: MqttServerOptions, broker: Aedes) {
    this.#options = options;
    this.#broker = broker;
    this.#serve();
    this.#stopChecks = repeatEvery(options.clock, checkMs, () => this.#check(), options.onError);
  }

  static async create(options: MqttServerOptions): Promise<MqttServer> {
    const { limits } = options;
    const broker = await Aedes.createBroker({
      connectTimeout: limits.mqttConnectTimeoutMs,
      drainTimeout: limits.responseTimeoutMs,
      // None of these can arrive: clients may not publish.
      maxInflightInbound: 1,
    });
    return new MqttServer(options, broker);
  }

  /** Refuses with `too_many_requests` an address from which too many clients have not logged in yet. */
  admit(address: string): void {
    const { limits } = this.#options;
    const count = this.#connecting.of(address) + 1;
    try {
      requireWithin(limits, 'mqttConnectingPerAddress', count, 'too_many_requests');
    } catch (error) {
      this.#refuse('too many clients of one address that have not logged in', {});
      throw error;
    }
  }

  /** Serves a client on an open WebSocket. */
  accept(socket: WebSocket, { address, requestId, request }: WebSocketOrigin): void {
    const { limits, log } = this.#options;
    if (this.#isClosed) {
      socket.close(1001, 'The server is shutting down.');
      return;
    }
    const connection = new MqttConnection(socket, {
      ...this.#options,
      onDelivered: () => {
        this.#deliveredTotal += 1;
      },
    });
    const meter = new PacketMeter(limits.mqttPacketBytes);
    // Before the stream's own listener, so that the parser never sees what follows.
    socket.on('message', (data: RawData, isBinary) => {
      connection.seen();
      if (isBinary && meter.read(data as Buffer)) return;
      this.#refuse('not a packet of MQTT, or one that is too long', { reqId: requestId });
      socket.terminate();
    });
    socket.on('pong', () => {
      connection.seen();
    });
    this.#connecting.change(address, 1);
    let isConnecting = true;
    const connected = (): void => {
      if (isConnecting) this.#connecting.change(address, -1);
      isConnecting = false;
    };
    const client = this.#broker.handle(packetStreamOf(socket), request);
    this.#connections.set(client, connection);
    this.#sockets.set(socket, connection);
    client.once('connected', connected);
    socket.once('close', (code) => {
      connected();
      connection.over();
      this.#connections.delete(client);
      this.#sockets.delete(socket);
      log('debug', 'mqtt client gone', { reqId: requestId, code });
    });
  }

  /** What to count now. */
  facts(): MqttFacts {
    const all = [...this.#connections.values()];
    return {
      clients: all.filter(({ isLoggedIn }) => isLoggedIn).length,
      subscriptions: all.reduce((sum, { subscriptionCount }) => sum + subscriptionCount, 0),
      deliveredTotal: this.#deliveredTotal,
      refusedTotal: this.#refusedTotal,
    };
  }

  /** Closes all connections, also those whose clients do not answer. Resolves when they are closed. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopChecks();
    const open = [...this.#sockets];
    const closed = open.map(([socket]) => new Promise((resolve) => socket.once('close', resolve)));
    for (const [, connection] of open) connection.close([1001, 'The server is shutting down.']);
    await Promise.all(closed);
    await new Promise<void>((resolve) => {
      this.#broker.close(resolve);
    });
  }

  #serve(): void {
    const broker = this.#broker;
    broker.preConnect = (client, packet, done) => {
      // Nothing is kept for a client that is away: it receives what it missed from the history.
      packet.clean = true;
      if (packet.will) this.#withWill.add(client);
      delete packet.will;
      done(null, true);
    };
    broker.authenticate = (client, userName, password, done) => {
      callbackify(() => this.#logIn(client, userName, password?.toString('utf8')))((error) => {
        if (error) done(this.#answerTo(error), false);
        else done(null, true);
      });
    };
    broker.authorizePublish = (_client, _packet, done) => {
      this.#refuse('clients may not publish', {});
      done(new Error('Clients may not publish.'));
    };
    broker.authorizeSubscribe = (client, subscription, done) => {
      callbackify(() => this.#maySubscribe(client, subscription))((error, may) => {
        if (error) this.#options.onError(error);
        if (!may) this.#refuse('not a topic of an endpoint of this user, or QoS 2', {});
        done(null, may ? subscription : null);
      });
    };
    broker.on('subscribe', (subscriptions, client) => {
      for (const { topic, qos } of subscriptions) {
        if (qos <= 1) this.#connections.get(client)?.subscribe(client, topic, qos);
      }
    });
    broker.on('unsubscribe', (topics, client) => {
      for (const topic of topics) this.#connections.get(client)?.unsubscribe(topic);
    });
    broker.on('ack', (_packet, client) => {
      this.#connections.get(client)?.acknowledge();
    });
    const onClientError = (_client: Client, error: Error): void => {
      this.#options.log('debug', 'mqtt client failed', { reason: error.message });
    };
    broker.on('clientError', onClientError);
    broker.on('connectionError', onClientError);
  }

  async #logIn(client: Client, userName: string | undefined, password: string | undefined): Promise<void> {
    const connection = this.#connections.get(client);
    if (this.#withWill.has(client)) {
      throw new RefusalError('forbidden', 'This server does not send wills. Connect without one.');
    }
    const actor = await connection?.logIn(userName, password);
    if (!actor) throw new RefusalError('invalid_token', 'The connection has closed.');
    // Two users may choose the same id, and a client closes an older one with its id.
    client.id = `${userKeyOf(actor)} ${client.id}`;
  }

  async #maySubscribe(
    client: Client,
    { topic, qos }: { readonly topic: string; readonly qos: number },
  ): Promise<boolean> {
    return qos <= 1 && (await this.#connections.get(client)?.maySubscribe(topic)) === true;
  }

  #answerTo(error: unknown): AuthenticateError {
    const code = error instanceof RefusalError ? error.code : undefined;
    if (code === undefined) this.#options.onError(error);
    this.#refuse('no login', { code: code ?? 'internal_error' });
    const returnCode =
      code === 'invalid_token' ? badCredentials : code === 'forbidden' ? notAuthorized : serverUnavailable;
    const answer: Error = Object.assign(new Error(code ?? 'The login could not be checked.'), { returnCode });
    return answer as AuthenticateError;
  }

  #refuse(reason: string, fields: Readonly<Record<string, unknown>>): void {
    this.#refusedTotal += 1;
    this.#options.log('info', 'mqtt refused', { reason, ...fields });
  }

  #check(): Promise<void> {
    for (const connection of this.#sockets.values()) connection.check();
    return Promise.resolve();
  }
}
