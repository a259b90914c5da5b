import type { WireConference } from '@parley-rtc/contract';
import { expect, it } from 'vitest';
import { startTestServer, type Caller } from '../testing/test-server.ts';

const userEndpointId = 'reception';

const enter = async (caller: Caller, keepAliveSeconds: number): Promise<string> => {
  await caller.do('registerUserEndpoint', { body: { userEndpointId, keepAliveSeconds } });
  const conferenceId = await caller.create();
  await caller.do('join', { body: { conferenceId, userEndpointId } });
  return conferenceId;
};

const insideOf = async (caller: Caller, id: string) => {
  const { participants = [] } = await caller.do<WireConference>('getConference', { params: { id } });
  return participants.map(({ id: endpointId, state }) => `${endpointId} ${state}`);
};

/** Two organizations whose receptions are in a conference each, with the same endpoint id. */
async function setUp() {
  const { service, login, clock } = await startTestServer();
  const foreigner = await login('foreigner');
  const own = await enter(service, 20);
  const theirs = await enter(foreigner, 600);
  return { service, foreigner, clock, own, theirs };
}

it('have endpoints with equal ids that fall silent one by one', async () => {
  const { service, foreigner, clock, own, theirs } = await setUp();
  clock.advance(20_000);
  await expect.poll(() => insideOf(service, own)).toEqual(['reception SICK']);
  expect(await insideOf(foreigner, theirs)).toEqual(['reception HEALTHY']);
  clock.advance(40_000);
  await expect.poll(() => insideOf(service, own)).toEqual([]);
  expect(await insideOf(foreigner, theirs)).toEqual(['reception HEALTHY']);
});

it('unregister endpoints with equal ids one by one', async () => {
  const { service, foreigner, own, theirs } = await setUp();
  await foreigner.do('unregisterUserEndpoint', { body: { userEndpointId } });
  expect(await insideOf(foreigner, theirs)).toEqual([]);
  expect(await insideOf(service, own)).toEqual(['reception HEALTHY']);
  expect((await service.call('keepAliveUserEndpoint', { body: { userEndpointId } })).status).toBe(204);
});

it('share the ids of conferences, of which another organization learns only that they are taken', async () => {
  const { service, foreigner, own } = await setUp();
  expect(await foreigner.call('create', { body: { conferenceId: own } })).toMatchObject({
    status: 400,
    body: { error: 'already_exists' },
  });
  expect((await foreigner.call('getConference', { params: { id: own } })).status).toBe(403);
  expect((await service.call('getConference', { params: { id: own } })).status).toBe(200);
});
