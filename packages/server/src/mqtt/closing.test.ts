import { once } from 'node:events';
import { expect, it } from 'vitest';
import { startTestServer } from '../testing/test-server.ts';
import { closed, connectMqtt, MqttReader } from './testing/mqtt-reader.ts';

const policyViolation = 1008;
const goingAway = 1001;

it('closes a connection when its access token expires, and accepts the renewed one', async () => {
  const { service, clock, requestToken } = await startTestServer({ accessTokenSeconds: 30 });
  const conferenceId = await service.create();
  const ticket = await service.do<{ readonly id: string }>('createTicket', {
    body: { type: 'MULTI_USE_TICKET', properties: { conference_id: conferenceId } },
  });
  const { body } = await requestToken({ grant_type: 'password', username: ticket.id }, 'customer:');
  const guest = { url: service.url, userId: body.sub ?? '', token: body.access_token ?? '' };
  const client = await connectMqtt(guest);
  clock.advance(29_000);
  expect(client.connected).toBe(true);
  clock.advance(1_000);
  expect(await closed(client)).toBe(policyViolation);
  await expect(connectMqtt(guest)).rejects.toThrow(/Bad username or password/);
  const renewed = await requestToken(
    { grant_type: 'refresh_token', refresh_token: body.refresh_token ?? '' },
    'customer:',
  );
  await connectMqtt({ ...guest, token: renewed.body.access_token ?? '' });
});

it('closes the connections of a revoked user, and no others', async () => {
  const { service, guest } = await startTestServer();
  const conferenceId = await service.create();
  const [revoked, other] = [await guest(conferenceId), await guest(conferenceId)];
  const readers = [
    await MqttReader.open(revoked, await revoked.register()),
    await MqttReader.open(other, await other.register()),
  ] as const;
  await service.do('revokeUser', { body: { userId: revoked.userId } });
  expect(await readers[0].closed()).toBe(policyViolation);
  expect(readers[1].client.connected).toBe(true);
});

it('tells a removed participant why, and closes the connection when the login has ended', async () => {
  const { service, guest, clock } = await startTestServer();
  const conferenceId = await service.create();
  const host = await service.join(conferenceId);
  const caller = await guest(conferenceId);
  const { endpointId, reader } = await MqttReader.enter(caller, conferenceId);
  await service.do('removeParticipant', {
    body: { conferenceId, userEndpointId: host, participantId: endpointId, reason: 'noise' },
  });
  await service.join(conferenceId);
  await expect.poll(() => reader.heard).toHaveLength(2);
  expect(reader.heard[1]).toMatchObject({ type: 'ConferenceLeftEvent', reason: 'noise' });
  clock.advance(10_000);
  expect(await reader.closed()).toBe(policyViolation);
  expect(reader.heard).toHaveLength(2);
});

it('closes within 15 seconds when a login ends for any other reason', async () => {
  const { service, guest, clock } = await startTestServer({ maxLoginSeconds: 20 });
  const conferenceId = await service.create();
  const caller = await guest(conferenceId);
  const reader = await MqttReader.open(caller, await caller.register());
  clock.advance(20_000);
  clock.advance(15_000);
  expect(await reader.closed()).toBe(policyViolation);
});

it('closes the oldest connection of an endpoint that has too many', async () => {
  const { service } = await startTestServer({ limits: { waitingPerEndpoint: 1 } });
  const endpointId = await service.register();
  const oldest = await MqttReader.open(service, endpointId);
  const newest = await MqttReader.open(service, endpointId);
  expect(await oldest.closed()).toBe(policyViolation);
  expect(newest.client.connected).toBe(true);
});

it('refuses a user who has too many connections', async () => {
  const { service, login } = await startTestServer({ limits: { waitingPerUser: 2 } });
  await connectMqtt(service);
  await connectMqtt(service);
  await expect(connectMqtt(service)).rejects.toThrow(/Server unavailable/);
  await connectMqtt(await login('user'));
});

it('closes its connections when the server shuts down, also those that do not answer', async () => {
  const server = await startTestServer();
  const { service, clock } = server;
  const conferenceId = await service.create();
  const { reader } = await MqttReader.enter(service, conferenceId);
  await expect.poll(() => reader.heard).toHaveLength(1);
  const silent = new WebSocket(`${service.url.replace('http', 'ws')}/ws`, 'mqtt');
  await once(silent, 'open');
  const closing = server.close();
  expect(await reader.closed()).toBe(goingAway);
  clock.advance(2_000);
  await closing;
});
