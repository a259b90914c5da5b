import type { WireConference } from '@parley-rtc/contract';
import { expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

/** Resolves once the server has exactly this many timers, that is, once polls are parked or gone. */
async function untilTimers({ clock }: TestServer, count: number): Promise<void> {
  await expect.poll(() => clock.timerCount).toBe(count);
}

it('responds immediately when there are events', async () => {
  const { service } = await startTestServer();
  const conferenceId = await service.create();
  await service.join(conferenceId);
  expect(await service.events(conferenceId, 0)).toMatchObject([
    { type: 'ConferenceJoinedEvent', conferenceVersion: 0 },
  ]);
});

it('wakes all parked polls as soon as an event happens', async () => {
  const server = await startTestServer();
  const { service, clock } = server;
  const conferenceId = await service.create();
  const userEndpointId = await service.join(conferenceId);
  const before = clock.timerCount;
  const polls = [service.events(conferenceId, 1), service.events(conferenceId, 1)];
  await untilTimers(server, before + 2);
  await service.do('updateMetadata', {
    body: { conferenceId, userEndpointId, operation: 'SET', key: 'k', value: 'v' },
  });
  for (const poll of polls) expect(await poll).toMatchObject([{ conferenceVersion: 1, key: 'k' }]);
  expect(clock.timerCount).toBe(before);
});

it('responds with an empty list after 20 seconds', async () => {
  const server = await startTestServer();
  const { service, clock } = server;
  const conferenceId = await service.create();
  const before = clock.timerCount;
  let isAnswered = false;
  const poll = service.events(conferenceId, 0).finally(() => {
    isAnswered = true;
  });
  await untilTimers(server, before + 1);
  clock.advance(19_999);
  expect((await service.call('getActive')).status).toBe(200);
  expect(isAnswered).toBe(false);
  clock.advance(1);
  expect(await poll).toEqual([]);
});

it('delivers the end to waiting polls, and to later ones', async () => {
  const server = await startTestServer();
  const { service, clock } = server;
  const conferenceId = await service.create();
  const userEndpointId = await service.join(conferenceId);
  const before = clock.timerCount;
  const poll = service.events(conferenceId, 1);
  await untilTimers(server, before + 1);
  await service.do('end', { body: { conferenceId, userEndpointId, reason: 'done' } });
  const tail = [{ type: 'ConferenceEndedEvent', conferenceVersion: 1, reason: 'done' }];
  expect(await poll).toMatchObject(tail);
  expect(await service.events(conferenceId, 1)).toMatchObject(tail);
});

it('stops waiting when the client hangs up', async () => {
  const server = await startTestServer();
  const { service, clock } = server;
  const conferenceId = await service.create();
  const before = clock.timerCount;
  const hangUp = new AbortController();
  const poll = service.call('getEvents', {
    params: { id: conferenceId },
    query: { v: 0 },
    signal: hangUp.signal,
  });
  await untilTimers(server, before + 1);
  hangUp.abort();
  await expect(poll).rejects.toThrow(/abort/);
  await untilTimers(server, before);
});

it("keeps the endpoint that it names alive, which must be the caller's own", async () => {
  const server = await startTestServer();
  const { service, guest, clock } = server;
  const conferenceId = await service.create();
  const customer = await guest(conferenceId);
  const waiting = await customer.register(10);
  await customer.do('join', { body: { conferenceId, userEndpointId: waiting } });
  const before = clock.timerCount;
  const query = { v: 1, userEndpointId: waiting };
  const params = { id: conferenceId };
  const poll = customer.call('getEvents', { params, query });
  await untilTimers(server, before + 1);
  clock.advance(19_999);
  expect(await service.do('getConference', { params })).toMatchObject({
    participants: [{ state: 'HEALTHY' }],
  });
  clock.advance(1);
  expect(await poll).toMatchObject({ status: 200, body: [] });
  expect((await service.call('getEvents', { params, query })).status).toBe(403);
  expect(await service.call('getEvents', { params, query: { v: 0, userEndpointId: 'gone' } })).toMatchObject({
    status: 200,
    body: [{ type: 'ConferenceJoinedEvent' }],
  });
});

it('responds to all parked polls when the server closes', async () => {
  const server = await startTestServer();
  const { service, clock, mediaRouter } = server;
  const conferenceId = await service.create();
  const before = clock.timerCount;
  const poll = service.events(conferenceId, 0);
  await untilTimers(server, before + 1);
  const closed = server.close();
  expect(await poll).toEqual([]);
  await closed;
  expect(mediaRouter.isClosed).toBe(true);
  await expect(service.call('getActive')).rejects.toThrow(/fetch failed/);
});

it('refuses a version that the history does not have, instead of waiting for it', async () => {
  const { service } = await startTestServer();
  const conferenceId = await service.create();
  await service.join(conferenceId);
  const params = { id: conferenceId };
  const refusal = { status: 400, body: { error: 'position_unavailable' } };
  const { versionId } = await service.do<WireConference>('getConference', { params });
  expect(versionId).toBe((await service.events(conferenceId, 0)).at(-1)?.id);
  for (const query of [{ v: 2 }, { v: 1, versionId: 'another' }, { v: 0, versionId: versionId ?? '' }]) {
    expect(await service.call('getEvents', { params, query })).toMatchObject(refusal);
  }
  for (const operationId of ['getConference', 'getSimpleView']) {
    expect(await service.do(operationId, { params })).toMatchObject({ version: 1, versionId });
  }
});
