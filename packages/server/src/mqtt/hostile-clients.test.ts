import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startTestServer, type Caller, type TestServer } from '../testing/test-server.ts';
import { closed, connectMqtt, MqttReader } from './testing/mqtt-reader.ts';
import { dialMqtt, RawMqttClient } from './testing/raw-mqtt-client.ts';

const refused = { packet: { granted: [128] } };

const hungUp = (socket: WebSocket): Promise<unknown> => once(socket, 'close');

async function mqttMetric({ url, clock }: TestServer, name: string): Promise<number> {
  // Metrics are repeated for a second.
  clock.advance(1_000);
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^parley_mqtt_${name} (\\d+)$`, 'm').exec(text)?.[1]);
}

it.each<[string, (server: TestServer) => Promise<Pick<Caller, 'userId' | 'token'>>]>([
  ['a wrong token', ({ service }) => Promise.resolve({ userId: service.userId, token: 'wrong' })],
  ['no token', ({ service }) => Promise.resolve({ userId: service.userId, token: '' })],
  [
    'the token of another user',
    async ({ service, login }) => {
      return { userId: service.userId, token: (await login('user')).token };
    },
  ],
  [
    'a ticket in place of a token',
    async ({ service }) => {
      const { id } = await service.do<{ readonly id: string }>('createTicket', {
        body: { type: 'MULTI_USE_TICKET', properties: { conference_id: 'c-1' } },
      });
      return { userId: id, token: id };
    },
  ],
  [
    'a token that was changed',
    ({ service: { userId, token } }) => {
      return Promise.resolve({ userId, token: `${token.slice(0, -4)}AAAA` });
    },
  ],
])('refuses a login with %s', async (_what, credentials) => {
  const server = await startTestServer();
  const { userId, token } = await credentials(server);
  const attempt = connectMqtt({ url: server.url, userId, token });
  await expect(attempt).rejects.toThrow(/Bad username or password/);
  expect(await mqttMetric(server, 'refused_total')).toBe(1);
});

it('refuses a login with an expired token', async () => {
  const { service, clock } = await startTestServer({ accessTokenSeconds: 60 });
  clock.advance(61_000);
  await expect(connectMqtt(service)).rejects.toThrow(/Bad username or password/);
});

it('refuses a will, and a version of the protocol other than 3.1.1', async () => {
  const { service } = await startTestServer();
  const will = { topic: 'user/x/y', payload: Buffer.from('gone'), qos: 0, retain: false } as const;
  await expect(connectMqtt(service, { will })).rejects.toThrow(/Not authorized/);
  await expect(connectMqtt(service, { protocolVersion: 5 })).rejects.toThrow(
    /Unacceptable protocol version/i,
  );
});

it('refuses topics of others, of unknown endpoints, with wildcards and of the broker, and keeps the rest', async () => {
  const { service, login } = await startTestServer();
  const user = await login('user');
  const foreign = await user.register();
  const own = await service.register();
  const client = await connectMqtt(service);
  const topics = [
    `user/${user.userId}/${foreign}`,
    `user/${service.userId}/${foreign}`,
    `user/${service.userId}/unknown`,
    `user/${service.userId}/+`,
    `user/${service.userId}/#`,
    '#',
    '+/+/+',
    '$SYS/+/heartbeat',
    `users/endpoints/${own}`,
  ];
  const answers = await Promise.all(
    topics.map((topic) => client.subscribeAsync(topic, { qos: 1 }).catch((error: unknown) => error)),
  );
  expect(answers).toMatchObject(topics.map(() => refused));
  const exactly = await client.subscribeAsync(`user/${service.userId}/${own}`, { qos: 1 });
  expect(exactly).toMatchObject([{ qos: 1 }]);
});

it('refuses QoS 2', async () => {
  const { service } = await startTestServer();
  const client = await connectMqtt(service);
  const topic = `user/${service.userId}/${await service.register()}`;
  await expect(client.subscribeAsync(topic, { qos: 2 })).rejects.toMatchObject(refused);
});

it.each([0, 1, 2] as const)('closes the connection of a client that publishes with QoS %i', async (qos) => {
  const { service } = await startTestServer();
  const conferenceId = await service.create();
  const endpointId = await service.register();
  const bystander = await MqttReader.open(service, endpointId);
  await service.do('join', { body: { conferenceId, userEndpointId: endpointId } });
  await expect.poll(() => bystander.heard).toHaveLength(1);
  const client = await connectMqtt(service);
  client.publish(`user/${service.userId}/${endpointId}`, '{"type":"FakeEvent"}', { qos, retain: true });
  await closed(client);
  const late = await MqttReader.open(service, endpointId);
  await expect.poll(() => late.heard).toHaveLength(1);
  expect([...bystander.heard, ...late.heard].map(({ type }) => type)).toEqual(
    Array.from({ length: 2 }, () => 'ConferenceJoinedEvent'),
  );
});

it.each<[string, Uint8Array | string]>([
  ['announces a packet of 256 MB', Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f, 0x00])],
  ['sends a packet before CONNECT', Buffer.from([0xc0, 0x00])],
  ['sends bytes that are no packet', Buffer.from([0x10, 0x04, 0xff, 0xff, 0xff, 0xff])],
  ['sends a frame of text', 'CONNECT'],
  ['sends a frame that is too large', Buffer.alloc(5_000)],
  ['sends a packet of a type that does not exist', Buffer.from([0xf0, 0x00])],
])('closes the connection of a client that %s', async (_what, bytes) => {
  const server = await startTestServer({ limits: { mqttPacketBytes: 4_000 } });
  const socket = await dialMqtt(server.url);
  socket.send(bytes);
  await hungUp(socket);
  expect((await connectMqtt(server.service)).connected).toBe(true);
});

it('closes the connection of a client that sends a longer packet than allowed, in small pieces', async () => {
  const server = await startTestServer({ limits: { mqttPacketBytes: 1_000 } });
  const socket = await dialMqtt(server.url);
  const end = hungUp(socket);
  // CONNECT with a body of 1,001 bytes.
  for (const byte of [0x10, 0xe9, 0x07]) socket.send(Buffer.from([byte]));
  await end;
  expect(await mqttMetric(server, 'refused_total')).toBe(1);
});

it('closes WebSockets on which no client logs in, and limits them by address', async () => {
  const server = await startTestServer({
    limits: { mqttConnectTimeoutMs: 300, mqttConnectingPerAddress: 20 },
  });
  const { service, url } = server;
  const reader = await MqttReader.open(service, await service.register());
  const idle = await Promise.all(Array.from({ length: 20 }, () => dialMqtt(url)));
  const answer = await new Promise<number | undefined>((resolve) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, 'mqtt');
    socket.on('error', () => {});
    socket.once('unexpected-response', (_request, { statusCode }) => {
      resolve(statusCode);
      socket.terminate();
    });
  });
  expect(answer).toBe(429);
  await Promise.all(idle.map(hungUp));
  await connectMqtt(service);
  expect(reader.client.connected).toBe(true);
});

it('sends a client that acknowledges nothing only so many events, and closes its connection', async () => {
  const server = await startTestServer({ limits: { mqttUnacknowledged: 3, responseTimeoutMs: 20_000 } });
  const { service, clock } = server;
  const conferenceId = await service.create();
  const endpointId = await service.register(600);
  const client = await RawMqttClient.open(service, endpointId);
  const closing = hungUp(client.socket);
  await service.do('join', { body: { conferenceId, userEndpointId: endpointId } });
  for (let round = 0; round < 6; round += 1) {
    const body = { conferenceId, userEndpointId: endpointId, operation: 'SET', key: 'a', value: `${round}` };
    await service.do('updateMetadata', { body });
  }
  await expect.poll(() => client.events).toHaveLength(3);
  client.acknowledge(2);
  await expect.poll(() => client.events).toHaveLength(5);
  expect(await mqttMetric(server, 'events_total')).toBe(5);
  clock.advance(15_000);
  clock.advance(15_000);
  await closing;
  expect(client.events).toHaveLength(5);
  const prompt = await MqttReader.open(service, endpointId);
  await expect.poll(() => prompt.versions.length).toBeGreaterThanOrEqual(7);
  expect(prompt.versions.slice(0, 7)).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

it('ignores acknowledgements of nothing', async () => {
  const server = await startTestServer({ limits: { mqttUnacknowledged: 1 } });
  const { service } = server;
  const conferenceId = await service.create();
  const endpointId = await service.register();
  const client = await RawMqttClient.open(service, endpointId);
  for (let messageId = 1; messageId < 100; messageId += 1) client.send({ cmd: 'puback', messageId });
  await service.do('join', { body: { conferenceId, userEndpointId: endpointId } });
  await service.do('leave', { body: { conferenceId, userEndpointId: endpointId } });
  await expect.poll(() => client.events).toHaveLength(1);
  client.acknowledge(1);
  await expect.poll(() => client.events).toHaveLength(2);
});

it('drops a client whose connection is half open', async () => {
  const server = await startTestServer();
  const { service, clock } = server;
  const vanished = await MqttReader.open(service, await service.register());
  const alive = await MqttReader.open(service, await service.register());
  vanished.vanish();
  for (let round = 0; round < 3; round += 1) {
    clock.advance(15_000);
    // Until the pong of the one that is alive has arrived.
    await alive.client.subscribeAsync(`user/${service.userId}/unknown`).catch(() => {});
  }
  expect(await mqttMetric(server, 'clients')).toBe(1);
  expect(alive.client.connected).toBe(true);
});

it('answers a request without WebSocket or without the subprotocol', async () => {
  const { url } = await startTestServer();
  const answer = await fetch(`${url}/ws`);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: 'invalid_request' });
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, 'chat');
  const [error] = (await once(socket, 'error').catch((caught: unknown) => [caught])) as [Error];
  expect(error.message).toContain('400');
});

it('still answers requests that offer another protocol', async () => {
  const { url } = await startTestServer();
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(
    'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n',
  );
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  expect(bytes.toString()).toMatch(/^HTTP\/1.1 200 /);
});
