import { expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../testing/test-server.ts';
import { MqttReader } from './testing/mqtt-reader.ts';

const setTopic = async (
  { service }: TestServer,
  conferenceId: string,
  userEndpointId: string,
  value: string,
): Promise<void> => {
  const body = { conferenceId, userEndpointId, operation: 'SET', key: 'topic', value };
  await service.do('updateMetadata', { body });
};

it('sends every version from the own join on, in the order of calls of official clients', async () => {
  const server = await startTestServer();
  const { service, guest } = server;
  const conferenceId = await service.create();
  const host = await service.join(conferenceId);
  const caller = await guest(conferenceId);

  const { endpointId, reader } = await MqttReader.enter(caller, conferenceId);
  const streamId = await caller.publish(conferenceId, endpointId);
  await setTopic(server, conferenceId, host, 'weather');
  await caller.do('unpublishStream', { body: { conferenceId, userEndpointId: endpointId, streamId } });
  await caller.do('leave', { body: { conferenceId, userEndpointId: endpointId } });
  await setTopic(server, conferenceId, host, 'after the guest left');

  const history = await service.events(conferenceId, 0);
  await expect.poll(() => reader.heard).toHaveLength(5);
  expect(reader.heard).toEqual(history.slice(1, 6));
  expect(reader.heard.map(({ type }) => type)).toEqual([
    'ConferenceJoinedEvent',
    'ConferenceStreamPublishedEvent',
    'ConferenceMetadataUpdatedEvent',
    'ConferenceStreamUnpublishedEvent',
    'ConferenceLeftEvent',
  ]);
  const topic = `user/${caller.userId}/${endpointId}`;
  expect(reader.envelopes).toEqual(reader.heard.map(() => ({ topic, qos: 1, retain: false })));
});

it('repeats everything since the own join after each reconnect, so that nothing is lost', async () => {
  const server = await startTestServer();
  const { service, guest } = server;
  const conferenceId = await service.create();
  const host = await service.join(conferenceId);
  const caller = await guest(conferenceId);
  const { endpointId, reader: first } = await MqttReader.enter(caller, conferenceId);
  let reader = first;
  for (let round = 1; round <= 4; round += 1) {
    await expect.poll(() => reader.versions).toEqual(Array.from({ length: round }, (_, index) => index + 1));
    reader.client.end(true);
    await setTopic(server, conferenceId, host, `round ${round}`);
    reader = await MqttReader.open(caller, endpointId);
  }
  await expect.poll(() => reader.versions).toEqual([1, 2, 3, 4, 5]);
});

it('begins again with the newest join of an endpoint that left and returned', async () => {
  const { service, guest } = await startTestServer();
  const conferenceId = await service.create();
  const caller = await guest(conferenceId);
  const endpointId = await caller.register();
  const inside = { body: { conferenceId, userEndpointId: endpointId } };
  const reader = await MqttReader.open(caller, endpointId);
  await caller.do('join', inside);
  await caller.do('leave', inside);
  await service.join(conferenceId);
  await caller.do('join', inside);
  await expect.poll(() => reader.versions).toEqual([0, 1, 3]);
  const second = await MqttReader.open(caller, endpointId);
  await expect.poll(() => second.versions).toEqual([3]);
});

it('sends the events of each conference that the endpoint is in, and the end of each', async () => {
  const { service } = await startTestServer();
  const endpointId = await service.register();
  const reader = await MqttReader.open(service, endpointId);
  const conferenceIds = [await service.create(), await service.create()];
  for (const conferenceId of conferenceIds) {
    const body = { conferenceId, userEndpointId: endpointId };
    await service.do('join', { body });
    await service.do('end', { body });
  }
  await expect.poll(() => reader.heard).toHaveLength(4);
  expect(reader.heard.map(({ conferenceId, type }) => [conferenceId, type])).toEqual(
    conferenceIds.flatMap((id) => [
      [id, 'ConferenceJoinedEvent'],
      [id, 'ConferenceEndedEvent'],
    ]),
  );
});

it('follows a conference that has the id of an earlier one', async () => {
  const { service, clock } = await startTestServer({ endedRetentionMs: 1_000 });
  const endpointId = await service.register();
  const reader = await MqttReader.open(service, endpointId);
  const conferenceId = await service.create({ conferenceId: 'daily' });
  const body = { conferenceId, userEndpointId: endpointId };
  await service.do('join', { body });
  await service.do('end', { body });
  await expect.poll(() => reader.heard).toHaveLength(2);
  clock.advance(1_000);
  await expect.poll(async () => (await service.call('create', { body: { conferenceId } })).status).toBe(200);
  await service.do('join', { body });
  await expect.poll(() => reader.versions).toEqual([0, 1, 0]);
});

it('sends events outside the history with the quality of service that their sender chose', async () => {
  const { service } = await startTestServer();
  const conferenceId = await service.create();
  const { endpointId, reader } = await MqttReader.enter(service, conferenceId);
  for (const qos of ['BEST_EFFORT', 'AT_LEAST_ONCE']) {
    const event = { type: 'DocumentSignedEvent', timestamp: '2026-01-05T10:00:00Z', page: qos };
    await service.do('sendEvent', { body: { conferenceId, event, qos, masks: [] } });
  }
  await expect.poll(() => reader.heard).toHaveLength(3);
  expect(reader.heard.slice(1).map(({ page }) => page)).toEqual(['BEST_EFFORT', 'AT_LEAST_ONCE']);
  expect(reader.envelopes.map(({ qos }) => qos)).toEqual([1, 0, 1]);

  const careless = await MqttReader.open(service, endpointId, { qos: 0 });
  await expect.poll(() => careless.heard).toHaveLength(2);
  expect(careless.envelopes.map(({ qos }) => qos)).toEqual([0, 0]);
});

it('sends nothing for a topic that was unsubscribed, and all of it again after the next subscription', async () => {
  const server = await startTestServer();
  const { service } = server;
  const conferenceId = await service.create();
  const endpointId = await service.register();
  const topic = `user/${service.userId}/${endpointId}`;
  const reader = await MqttReader.open(service, endpointId);
  await service.do('join', { body: { conferenceId, userEndpointId: endpointId } });
  await expect.poll(() => reader.versions).toEqual([0]);
  await reader.client.unsubscribeAsync(topic);
  await setTopic(server, conferenceId, endpointId, 'unheard');
  await reader.client.subscribeAsync(topic, { qos: 1 });
  await expect.poll(() => reader.versions).toEqual([0, 0, 1]);
});

it('does not keep an endpoint alive, whose client sends keep-alives by REST', async () => {
  const { service, clock } = await startTestServer();
  const conferenceId = await service.create();
  const endpointId = await service.register(10);
  const reader = await MqttReader.open(service, endpointId);
  await service.do('join', { body: { conferenceId, userEndpointId: endpointId } });
  clock.advance(20_000);
  clock.advance(15_000);
  await expect
    .poll(() => reader.heard.map(({ type }) => type))
    .toEqual(['ConferenceJoinedEvent', 'ConferenceParticipantStateChangedEvent', 'ConferenceLeftEvent']);
});

it('closes an older connection with the id of a new one, if it is of the same user', async () => {
  const { service, login } = await startTestServer();
  const user = await login('user');
  const clientId = 'phone';
  const other = await MqttReader.open(user, await user.register(), { clientId });
  const endpointId = await service.register();
  const old = await MqttReader.open(service, endpointId, { clientId });
  const closed = old.closed();
  await MqttReader.open(service, endpointId, { clientId });
  await closed;
  expect(other.client.connected).toBe(true);
});

it('accepts clients that would keep a session, and keeps none', async () => {
  const server = await startTestServer();
  const { service } = server;
  const conferenceId = await service.create();
  const endpointId = await service.register();
  const session = { clean: false, clientId: 'phone' };
  const first = await MqttReader.open(service, endpointId, session);
  await service.do('join', { body: { conferenceId, userEndpointId: endpointId } });
  await expect.poll(() => first.versions).toEqual([0]);
  await first.client.endAsync();
  const again = await MqttReader.open(service, endpointId, session);
  await expect.poll(() => again.versions).toEqual([0]);
});
