import type {
  EntryAnswer,
  PublishStreamResult,
  TokenResponse,
  ViewStreamResult,
  WireConference,
} from '@parley-rtc/contract';
import { expect, it } from 'vitest';
import { Feed } from './testing/cluster-stage.ts';
import { PushReader } from './testing/push-reader.ts';
import { startLinkedNodes, startTwoNodes } from './testing/test-cluster.ts';
import { Caller } from './testing/test-server.ts';

it('accepts at one node what another one issued: tokens, endpoints, conferences and tickets', async () => {
  const [a, b] = await startTwoNodes();
  const conferenceId = await a.create();
  const userEndpointId = await b.register();
  await a.do('join', { body: { conferenceId, userEndpointId } });
  const { participants } = await b.do<WireConference>('getConference', { params: { id: conferenceId } });
  expect(participants).toMatchObject([{ id: userEndpointId }]);
  const { id: username } = await b.do<{ readonly id: string }>('createTicket', {
    body: { type: 'MULTI_USE_TICKET', properties: { conference_id: conferenceId } },
  });
  const form = { grant_type: 'password', username, client_id: 'customer', client_secret: '' };
  const answer = await fetch(`${a.url}/security/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });
  const guest = new Caller(b.url, (await answer.json()) as TokenResponse);
  await guest.join(conferenceId);
  await b.do('unregisterUserEndpoint', { body: { userEndpointId } });
  expect((await a.call('keepAliveUserEndpoint', { body: { userEndpointId } })).status).toBe(404);
  await expect.poll(() => a.events(conferenceId, 2)).toMatchObject([{ type: 'ConferenceLeftEvent' }]);
}, 60_000);

it('wakes a poll and a push at one node with what happens at another, inside and outside the history', async () => {
  const [a, b] = await startTwoNodes();
  const conferenceId = await a.create();
  const poll = b.events(conferenceId, 0);
  const push = await PushReader.open(b, conferenceId, { v: 0 });
  const userEndpointId = await a.join(conferenceId);
  expect(await poll).toMatchObject([{ type: 'ConferenceJoinedEvent', userEndpointId }]);
  expect(await push.take(1)).toMatchObject([{ type: 'ConferenceJoinedEvent', userEndpointId }]);
  const event = { id: 'e-1', type: 'NoteAddedEvent', timestamp: '2026-01-05T10:00:00Z' };
  await a.do('sendEvent', { body: { conferenceId, event } });
  expect(await push.take(1)).toMatchObject([{ type: 'NoteAddedEvent' }]);
  const other = await b.join(conferenceId);
  const body = {
    conferenceId,
    userEndpointId: other,
    messages: [{ id: 'm-1', topic: 'chat', payload: 'hi' }],
  };
  const reader = await PushReader.open(a, conferenceId, { v: 2, userEndpointId, messages: 'joined' });
  await b.do('sendMessages', { body });
  const placed = await reader.take(2);
  expect(placed.map(({ type }) => type)).toEqual([
    'ConferenceMessagesPlacedEvent',
    'ConferenceMessageSentEvent',
  ]);
  for (const one of [push, reader]) one.hangUp();
}, 60_000);

it('sets up views at the node that has the stream, whichever node is asked', async () => {
  const [a, b] = await startTwoNodes();
  const conferenceId = await a.create();
  const userEndpointId = await a.join(conferenceId);
  const streamId = await a.publish(conferenceId, userEndpointId);
  const viewer = await b.join(conferenceId);
  const view = { conferenceId, userEndpointId: viewer, streamId };
  const { viewerId } = await b.do<ViewStreamResult>('viewStream', { body: { ...view, sdpOffer: 'v=0' } });
  await a.do('stopViewStream', { body: { ...view, viewerId } });
  expect((await b.call('stopViewStream', { body: { ...view, viewerId } })).status).toBe(404);
  const restart = { conferenceId, userEndpointId, streamId, iceRestart: true, sdpOffer: 'v=0' };
  const { streamId: same } = await b.do<PublishStreamResult>('publishStream', {
    body: { ...restart, conferenceStreamType: 'MIC_AND_CAM' },
  });
  expect(same).toBe(streamId);
  await b.do('unpublishStream', { body: { conferenceId, userEndpointId, streamId } });
  await expect
    .poll(async () => (await a.call('viewStream', { body: { ...view, sdpOffer: 'v=0' } })).status)
    .toBe(404);
  const again = await b.publish(conferenceId, userEndpointId);
  expect(again).not.toBe(streamId);
}, 60_000);

it('refuses a forged request of another node', async () => {
  const [desk] = await startTwoNodes();
  const conferenceId = await desk.create();
  const userEndpointId = await desk.join(conferenceId);
  const streamId = await desk.publish(conferenceId, userEndpointId);
  const response = await fetch(`${desk.url}/rtc-api/conferences/viewStream`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'parley-hop': `${Date.now()}.AAAA` },
    body: JSON.stringify({ conferenceId, userEndpointId, streamId, sdpOffer: 'v=0' }),
  });
  expect(response.status).toBe(401);
}, 60_000);

it('keeps a viewer id to one stream and one user, whichever nodes have the streams, while its stream is published', async () => {
  const [a, b] = await startTwoNodes();
  const conferenceId = await a.create();
  const userEndpointId = await a.join(conferenceId);
  const viewer = await b.join(conferenceId);
  const atA = await a.publish(conferenceId, userEndpointId);
  const atB = await b.publish(conferenceId, userEndpointId, 'SCREEN');
  const view = { conferenceId, userEndpointId: viewer, viewerId: 'mine', sdpOffer: 'v=0' };
  const status = async (caller: Caller, streamId: string): Promise<number> =>
    (await caller.call('viewStream', { body: { ...view, streamId } })).status;
  expect([await status(b, atA), await status(a, atA), await status(b, atB)]).toEqual([200, 200, 400]);
  await a.do('stopViewStream', { body: { ...view, streamId: atA } });
  await expect.poll(() => status(a, atB)).toBe(200);
  expect(await status(a, atA)).toBe(400);
  await a.do('unpublishStream', { body: { conferenceId, userEndpointId, streamId: atB } });
  await expect.poll(() => status(b, atA)).toBe(200);
}, 60_000);

it('counts the calls of a user at all nodes together', async () => {
  const { desks } = await startLinkedNodes({ rateLimits: { callsPerUser: 6 } });
  const statuses: number[] = [];
  for (let call = 0; call < 8; call += 1) {
    statuses.push((await (desks[call % 2] ?? desks[0]).call('getActive')).status);
  }
  expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 429, 429]);
}, 60_000);

it('counts the conferences of an organization and the endpoints of a user at all nodes together', async () => {
  const limits = { conferencesPerOrganization: 2, endpointsPerUser: 2 };
  const { desks } = await startLinkedNodes({ limits });
  const [a, b] = desks;
  await a.create();
  await b.create();
  for (const desk of desks) {
    expect((await desk.call('create', { body: {} })).body).toMatchObject({ error: 'limit_exceeded' });
  }
  await a.register();
  await b.register();
  const another = { body: { keepAliveSeconds: 30 } };
  for (const desk of desks) {
    const { body } = await desk.call('registerUserEndpoint', another);
    expect(body).toMatchObject({ error: 'limit_exceeded' });
  }
}, 60_000);

it.each([
  ['all', '0'],
  ['all but the last', '1'],
])(
  'delays what a node missed while it was cut off, and loses nothing of it: the engine dropped %s from the tail',
  async (_, kept) => {
    const { redis, link, desks } = await startLinkedNodes();
    const [a, b] = desks;
    const conferenceId = await a.create();
    const feed = Feed.start({ next: () => b }, conferenceId);
    link.hold();
    const userEndpointId = await a.join(conferenceId);
    const streamId = await a.publish(conferenceId, userEndpointId);
    await redis.send('XTRIM', 'parley:tail', 'MAXLEN', kept);
    const readiness = async (): Promise<number> => (await fetch(`${b.url}/readyz`)).status;
    await expect.poll(readiness, { timeout: 20_000 }).toBe(503);
    link.release();
    await expect.poll(readiness, { timeout: 20_000 }).toBe(200);
    const types = ['ConferenceJoinedEvent', 'ConferenceStreamPublishedEvent'];
    await expect.poll(() => feed.events.map(({ type }) => type), { timeout: 10_000 }).toEqual(types);
    // Nor what no event tells of: endpoints, and which node has the stream.
    await b.do('keepAliveUserEndpoint', { body: { userEndpointId } });
    const view = { conferenceId, userEndpointId, streamId, sdpOffer: 'v=0' };
    await b.do('viewStream', { body: view });
  },
  60_000,
);

it('tells one whose wait is over at another node that it is over, instead of letting them wait anew', async () => {
  const { link, desks } = await startLinkedNodes({ longestWaitMs: 1_000 });
  const [a, b] = desks;
  const conferenceId = await a.create();
  const host = await a.join(conferenceId);
  await a.do('updateAdmission', { body: { conferenceId, userEndpointId: host, lobby: true } });
  const ticket = { type: 'MULTI_USE_TICKET', properties: { conference_id: conferenceId } };
  const { id: username } = await a.do<{ readonly id: string }>('createTicket', { body: ticket });
  const form = new URLSearchParams({ grant_type: 'password', username, client_id: 'customer' });
  const login = await fetch(`${a.url}/security/oauth/token`, { method: 'POST', body: form });
  const guest = new Caller(a.url, (await login.json()) as TokenResponse);
  const own = { conferenceId, userEndpointId: await guest.register() };
  // The second node learns of the place later, and so looks later at how long it has lasted.
  link.hold();
  await guest.do('requestEntry', { body: own });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  link.release();
  const state = async (revision?: string): Promise<EntryAnswer> =>
    guest.at(b.url).do<EntryAnswer>('requestEntry', { body: { ...own, ...(revision && { revision }) } });
  const { revision } = await state();
  expect(await state(revision)).toMatchObject({ state: 'EXPIRED' });
}, 60_000);

it('misses nothing when its request for news reaches the engine after that has dropped them', async () => {
  const { redis, link, desks } = await startLinkedNodes();
  const [a, b] = desks;
  const conferenceId = await a.create();
  link.hold();
  const heldSinceMs = performance.now();
  const asking = b.call('getConference', { params: { id: conferenceId } });
  const userEndpointId = await a.join(conferenceId);
  const streamId = await a.publish(conferenceId, userEndpointId);
  await redis.send('XTRIM', 'parley:tail', 'MAXLEN', '1');
  // Before the connection is given up.
  await new Promise((resolve) => setTimeout(resolve, 1_750 - (performance.now() - heldSinceMs)));
  link.release();
  await asking;
  await expect
    .poll(async () => (await b.call('keepAliveUserEndpoint', { body: { userEndpointId } })).status, {
      timeout: 10_000,
    })
    .toBe(204);
  await b.do('viewStream', { body: { conferenceId, userEndpointId, streamId, sdpOffer: 'v=0' } });
}, 60_000);

it.each([
  ['engine_full', ['CONFIG', 'SET', 'maxmemory', '1mb'], ['CONFIG', 'SET', 'maxmemory', '0']],
  [
    'engine_refused',
    ['ACL', 'SETUSER', 'default', '-eval', '-evalsha', '-hset'],
    ['ACL', 'SETUSER', 'default', '+@all'],
  ],
  ['engine_read_only', ['REPLICAOF', '127.0.0.1', '1'], ['REPLICAOF', 'NO', 'ONE']],
])(
  'says %s while that lasts, goes on afterwards, and loses nothing that it acknowledged',
  async (error, begin, end) => {
    const { redis, desks } = await startLinkedNodes();
    const [a, b] = desks;
    const conferenceId = await a.create();
    const userEndpointId = await a.join(conferenceId);
    const readiness = async (): Promise<unknown> => (await fetch(`${b.url}/readyz`)).json();
    const set = (key: string) => ({
      body: { conferenceId, userEndpointId, operation: 'SET', key, value: 'x' },
    });
    await redis.send(...begin);
    const refused = await b.call('updateMetadata', set('refused'));
    expect(refused).toMatchObject({ status: 503, body: { error } });
    await expect.poll(readiness, { timeout: 10_000 }).toMatchObject({ error });
    await redis.send(...end);
    await expect.poll(readiness, { timeout: 10_000 }).not.toMatchObject({ error });
    await b.do('updateMetadata', set('done'));
    const events = await a.events(conferenceId, 0);
    expect(events).toMatchObject([{ type: 'ConferenceJoinedEvent' }, { key: 'done' }]);
  },
  60_000,
);
