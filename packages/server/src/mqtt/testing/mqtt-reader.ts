import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { PushMessage } from '../../testing/push-reader.ts';
import type { Caller } from '../../testing/test-server.ts';

/** An event as MQTT carries it. */
export type HeardEvent = PushMessage['event'];

const sockets = new WeakMap<MqttClient, { readonly socket: WebSocket; readonly closing: Promise<number> }>();

/** Connects as official clients do; rejects with what the server answered. */
export async function connectMqtt(
  { url, userId, token }: Pick<Caller, 'url' | 'userId' | 'token'>,
  options: IClientOptions = {},
): Promise<MqttClient> {
  let opened: { readonly socket: WebSocket; readonly closing: Promise<number> } | undefined;
  const client = await connectAsync(`${url.replace('http', 'ws')}/ws`, {
    protocolVersion: 4,
    username: userId,
    password: token,
    clean: true,
    reconnectPeriod: 0,
    createWebsocket: (address, protocols) => {
      const socket = new WebSocket(address, protocols);
      opened = { socket, closing: new Promise((resolve) => socket.once('close', resolve)) };
      return socket;
    },
    ...options,
  });
  if (opened) sockets.set(client, opened);
  client.on('error', () => {});
  onTestFinished(() => {
    client.end(true);
  });
  return client;
}

/** Resolves with the code of the closing of a client's WebSocket. */
export async function closed(client: MqttClient): Promise<number | undefined> {
  return sockets.get(client)?.closing;
}

/** Receives what MQTT sends for one endpoint. */
export class MqttReader {
  readonly client: MqttClient;
  readonly heard: HeardEvent[] = [];
  /** The topics, qualities of service and flags that came with the events. */
  readonly envelopes: { readonly topic: string; readonly qos: number; readonly retain: boolean }[] = [];

  private constructor(client: MqttClient) {
    this.client = client;
    client.on('message', (topic, payload, { qos, retain }) => {
      this.heard.push(JSON.parse(payload.toString()) as HeardEvent);
      this.envelopes.push({ topic, qos, retain });
    });
  }

  /** Registers an endpoint, subscribes to its events and joins with it: the order of calls of official clients. */
  static async enter(
    caller: Caller,
    conferenceId: string,
  ): Promise<{ readonly endpointId: string; readonly reader: MqttReader }> {
    const endpointId = await caller.register();
    const reader = await MqttReader.open(caller, endpointId);
    await caller.do('join', { body: { conferenceId, userEndpointId: endpointId } });
    return { endpointId, reader };
  }

  /** Connects, and subscribes to the events of an endpoint. */
  static async open(
    caller: Pick<Caller, 'url' | 'userId' | 'token'>,
    endpointId: string,
    { qos = 1, ...options }: IClientOptions & { readonly qos?: 0 | 1 } = {},
  ): Promise<MqttReader> {
    const reader = new MqttReader(await connectMqtt(caller, options));
    await reader.client.subscribeAsync(`user/${caller.userId}/${endpointId}`, { qos });
    return reader;
  }

  /** The versions heard, in order. */
  get versions(): readonly unknown[] {
    return this.heard.flatMap(({ conferenceVersion }) => conferenceVersion ?? []);
  }

  /** Resolves with the code of the WebSocket's closing. */
  closed(): Promise<number | undefined> {
    return closed(this.client);
  }

  /** Neither reads nor answers any more, as a phone that lost its network. */
  vanish(): void {
    sockets.get(this.client)?.socket.pause();
  }
}
