import { once } from 'node:events';
import { generate, parser, type IPublishPacket, type Packet } from 'mqtt-packet';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { Caller } from '../../testing/test-server.ts';

/** Opens a WebSocket for MQTT and sends nothing. */
export async function dialMqtt(url: string): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, 'mqtt');
  socket.on('error', () => {});
  onTestFinished(() => {
    socket.terminate();
  });
  await once(socket, 'open');
  return socket;
}

/** A client that reads events and acknowledges none unless asked to. */
export class RawMqttClient {
  readonly socket: WebSocket;
  readonly events: IPublishPacket[] = [];
  readonly #parser = parser();

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (bytes: Buffer) => this.#parser.parse(bytes));
    this.#parser.on('packet', (packet: Packet) => {
      if (packet.cmd === 'publish') this.events.push(packet);
    });
  }

  /** Logs in and subscribes to the events of an endpoint. */
  static async open({ url, userId, token }: Caller, endpointId: string): Promise<RawMqttClient> {
    const client = new RawMqttClient(await dialMqtt(url));
    const answered = (cmd: Packet['cmd']): Promise<void> =>
      new Promise((resolve) => {
        client.#parser.on('packet', (packet: Packet) => {
          if (packet.cmd === cmd) resolve();
        });
      });
    const connected = answered('connack');
    client.send({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
      clientId: 'raw',
      keepalive: 0,
      username: userId,
      password: Buffer.from(token),
    });
    await connected;
    const subscribed = answered('suback');
    const subscriptions = [{ topic: `user/${userId}/${endpointId}`, qos: 1 as const }];
    client.send({ cmd: 'subscribe', messageId: 1, subscriptions });
    await subscribed;
    return client;
  }

  send(packet: Packet): void {
    this.socket.send(generate(packet));
  }

  /** Acknowledges the first `count` events. */
  acknowledge(count: number): void {
    for (const { messageId = 0 } of this.events.slice(0, count)) this.send({ cmd: 'puback', messageId });
  }
}
