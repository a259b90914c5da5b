import type { WireEvent } from '@parley-rtc/contract';
import { describe, expect, it } from 'vitest';
import { PushReader } from '../testing/push-reader.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { startTestServer, type Caller, type TestServer } from '../testing/test-server.ts';

interface Person {
  readonly caller: Caller;
  readonly userEndpointId: string;
}

interface Room {
  readonly server: TestServer;
  readonly conferenceId: string;
  readonly enter: () => Promise<Person>;
}

async function openRoom(server: TestServer): Promise<Room> {
  const conferenceId = await server.service.create();
  return {
    server,
    conferenceId,
    enter: async () => {
      const caller = await server.guest(conferenceId);
      return { caller, userEndpointId: await caller.join(conferenceId) };
    },
  };
}

interface Draft {
  readonly id?: string;
  readonly payload?: unknown;
  readonly to?: readonly string[];
}

const send = ({ conferenceId }: Room, { caller, userEndpointId }: Person, ...drafts: readonly Draft[]) =>
  caller.call<{ readonly error?: string; readonly messages: readonly { readonly sequence: number }[] }>(
    'sendMessages',
    {
      body: {
        conferenceId,
        userEndpointId,
        messages: drafts.map((draft) => ({
          id: crypto.randomUUID(),
          topic: 'chat',
          payload: null,
          ...draft,
        })),
      },
    },
  );

/** Polls from the head of the history; first for its place, unless it names one. */
async function read(
  room: Room,
  { caller, userEndpointId }: Person,
  from: 'joined' | 'all' | number,
): Promise<readonly WireEvent[]> {
  const params = { id: room.conferenceId };
  const { version: v } = await caller.do<{ readonly version: number }>('getConference', { params });
  const poll = (messages: string | number) =>
    caller.do<readonly WireEvent[]>('getEvents', { params, query: { v, messages, userEndpointId } });
  if (typeof from === 'number') return poll(from);
  const [placed] = await poll(from);
  expect(placed).toMatchObject({ type: 'ConferenceMessagesPlacedEvent', hasMissed: false });
  return poll((placed as unknown as { readonly sequence: number }).sequence);
}

const payloadsOf = (events: readonly object[]) =>
  events.map((event) => (event as { readonly payload?: unknown }).payload);

describe.each([
  ['in memory', () => ({})],
  ['on disk', () => ({ dataDir: temporaryFolder() })],
])('messages %s', (_where, config) => {
  const open = async () => openRoom(await startTestServer(config()));

  it('reach all participants but the sender, in order, by poll and by push', async () => {
    const room = await open();
    const [ada, bob, cyd] = [await room.enter(), await room.enter(), await room.enter()];
    const { caller, userEndpointId } = cyd;
    const push = await PushReader.open(caller, room.conferenceId, {
      v: 3,
      messages: 'joined',
      userEndpointId,
    });
    const answer = await send(room, ada, { payload: 'one' }, { payload: { two: [2] } });
    await send(room, ada, { payload: 'three' });
    expect(payloadsOf(await read(room, bob, 'joined'))).toEqual(['one', { two: [2] }, 'three']);
    expect(payloadsOf(await push.take(4)).slice(1)).toEqual(['one', { two: [2] }, 'three']);
    const [first, second] = answer.body.messages;
    expect(second?.sequence).toBeGreaterThan(first?.sequence ?? Infinity);
    expect(payloadsOf(await read(room, bob, first?.sequence ?? 0))).toEqual([{ two: [2] }, 'three']);
  });

  it('name their sender and carry no version', async () => {
    const room = await open();
    const [ada, bob] = [await room.enter(), await room.enter()];
    await send(room, ada, { id: 'mine', payload: 1 });
    expect(await read(room, bob, 'joined')).toMatchObject([
      {
        type: 'ConferenceMessageSentEvent',
        conferenceVersion: null,
        userId: ada.caller.userId,
        userEndpointId: ada.userEndpointId,
        messageId: 'mine',
        topic: 'chat',
      },
    ]);
  });

  it('with recipients reach only these', async () => {
    const room = await open();
    const [ada, bob, cyd] = [await room.enter(), await room.enter(), await room.enter()];
    await send(room, ada, { payload: 'secret', to: [bob.userEndpointId] }, { payload: 'for all' });
    expect(payloadsOf(await read(room, bob, 'joined'))).toEqual(['secret', 'for all']);
    expect(payloadsOf(await read(room, cyd, 'joined'))).toEqual(['for all']);
    expect(payloadsOf(await read(room, cyd, 'all'))).toEqual(['for all']);
  });

  it('for a user do not reach another user who takes over the endpoint', async () => {
    const room = await open();
    const [ada, bob, eve] = [await room.enter(), await room.enter(), await room.enter()];
    await send(room, ada, { payload: 'secret', to: [bob.userEndpointId] }, { payload: 'for all' });
    const { conferenceId } = room;
    const { userEndpointId } = bob;
    await bob.caller.call('unregisterUserEndpoint', { body: { userEndpointId } });
    await eve.caller.do('registerUserEndpoint', { body: { userEndpointId, keepAliveSeconds: 60 } });
    await eve.caller.do('join', { body: { conferenceId, userEndpointId } });
    const events = await read(room, { ...eve, userEndpointId }, 'all');
    expect(payloadsOf(events)).toEqual(['for all']);
    expect(JSON.stringify(events)).not.toContain('toUsers');
  });

  it('do not show to whom their recipients belong', async () => {
    const room = await open();
    const [ada, bob] = [await room.enter(), await room.enter()];
    await send(room, ada, { to: [bob.userEndpointId] });
    const [received] = await read(room, bob, 'joined');
    expect(received).toMatchObject({ to: [bob.userEndpointId] });
    expect(received).not.toHaveProperty('toUsers');
  });

  it('wake a waiting poll, and a waiting push', async () => {
    const room = await open();
    const [ada, bob] = [await room.enter(), await room.enter()];
    const { clock } = room.server;
    const timers = clock.timerCount;
    const poll = read(room, bob, 'joined');
    await expect.poll(() => clock.timerCount).toBeGreaterThan(timers);
    await send(room, ada, { payload: 'wake up' });
    expect(payloadsOf(await poll)).toEqual(['wake up']);
  });

  it('for others do not wake a waiting poll', async () => {
    const room = await open();
    const [ada, bob, cyd] = [await room.enter(), await room.enter(), await room.enter()];
    const { clock } = room.server;
    const timers = clock.timerCount;
    const poll = read(room, cyd, 'joined');
    await expect.poll(() => clock.timerCount).toBeGreaterThan(timers);
    await send(room, ada, { payload: 'for bob', to: [bob.userEndpointId] });
    await send(room, ada, { payload: 'for cyd', to: [cyd.userEndpointId] });
    expect(payloadsOf(await poll)).toEqual(['for cyd']);
  });

  it('from before an endpoint joined reach it only if it asks for them', async () => {
    const room = await open();
    const ada = await room.enter();
    await send(room, ada, { payload: 'early' });
    const bob = await room.enter();
    await send(room, ada, { payload: 'late' });
    expect(payloadsOf(await read(room, bob, 'joined'))).toEqual(['late']);
    expect(payloadsOf(await read(room, bob, 'all'))).toEqual(['early', 'late']);
  });

  it('sent again have no effect and get the same answer, alone or beside new ones', async () => {
    const room = await open();
    const [ada, bob] = [await room.enter(), await room.enter()];
    const first = await send(room, ada, { id: 'a', payload: 1 });
    const again = await send(room, ada, { id: 'a', payload: 'changed' }, { id: 'b', payload: 2 });
    expect(again.body.messages[0]).toEqual(first.body.messages[0]);
    expect(payloadsOf(await read(room, bob, 'joined'))).toEqual([1, 2]);
  });

  it('of two senders may have the same id', async () => {
    const room = await open();
    const [ada, bob, cyd] = [await room.enter(), await room.enter(), await room.enter()];
    await send(room, ada, { id: 'a', payload: 'ada' });
    await send(room, bob, { id: 'a', payload: 'bob' });
    expect(payloadsOf(await read(room, cyd, 'joined'))).toEqual(['ada', 'bob']);
  });

  it('are sent all or not at all', async () => {
    const room = await open();
    const [ada, bob] = [await room.enter(), await room.enter()];
    const refused = await send(room, ada, { payload: 'good' }, { payload: 'bad', to: ['nobody'] });
    expect([refused.status, refused.body.error]).toEqual([400, 'unknown_recipient']);
    await send(room, ada, { payload: 'next' });
    expect(payloadsOf(await read(room, bob, 'joined'))).toEqual(['next']);
  });

  it('are refused with an id that cannot be told from another one when it is stored', async () => {
    const room = await open();
    const ada = await room.enter();
    const answer = await send(room, ada, { id: '\uD800' }, { id: '\uD801' });
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request']);
  });

  it('come before the end of the conference, and are gone with it', async () => {
    const room = await open();
    const [ada, bob] = [await room.enter(), await room.enter()];
    const { service } = room.server;
    const { userEndpointId, caller } = bob;
    const query = { v: 2, messages: 'joined', userEndpointId };
    const push = await PushReader.open(caller, room.conferenceId, query);
    await send(room, ada, { payload: 'bye' });
    const endpoint = await service.join(room.conferenceId);
    await service.do('end', { body: { conferenceId: room.conferenceId, userEndpointId: endpoint } });
    expect((await push.take(4)).map(({ type }) => type).slice(1)).toEqual([
      expect.stringMatching(/Message|Joined/),
      expect.stringMatching(/Message|Joined/),
      'ConferenceEndedEvent',
    ]);
    // The remaining events stay readable after the end.
    const late = await caller.do<readonly WireEvent[]>('getEvents', {
      params: { id: room.conferenceId },
      query,
    });
    expect(late.at(-1)).toMatchObject({ type: 'ConferenceEndedEvent' });
  });
});

it('stay readable after a restart, and later ones have higher places', async () => {
  const dataDir = temporaryFolder();
  const first = await startTestServer({ dataDir });
  const room = await openRoom(first);
  const [ada, bob] = [await room.enter(), await room.enter()];
  const sent = await send(room, ada, { id: 'a', payload: 'before' });
  await first.close();
  const server = await startTestServer({ dataDir }, { clock: first.clock });
  const moved = ({ caller, userEndpointId }: Person): Person => ({
    caller: caller.at(server.url),
    userEndpointId,
  });
  const later = { ...room, server };
  const again = await send(later, moved(ada), { id: 'a', payload: 'before' }, { payload: 'after' });
  expect(again.body.messages[0]).toEqual(sent.body.messages[0]);
  const place = sent.body.messages[0]?.sequence ?? 0;
  expect(payloadsOf(await read(later, moved(bob), place))).toEqual(['after']);
  expect(payloadsOf(await read(later, moved(bob), 'all'))).toEqual(['before', 'after']);
});

describe('an endpoint', () => {
  it.each([
    ['sends', (room: Room, { caller }: Person) => send(room, { caller, userEndpointId: 'elsewhere' }, {})],
    [
      'reads',
      (room: Room, { caller }: Person) =>
        caller.call('getEvents', {
          params: { id: room.conferenceId },
          query: { v: 1, messages: 'all', userEndpointId: 'elsewhere' },
        }),
    ],
  ])('that has not joined %s no messages', async (_what, act) => {
    const room = await openRoom(await startTestServer());
    const ada = await room.enter();
    await ada.caller.do('registerUserEndpoint', {
      body: { userEndpointId: 'elsewhere', keepAliveSeconds: 30 },
    });
    expect(await act(room, ada)).toMatchObject({ status: 400, body: { error: 'not_joined' } });
  });

  it('of another user cannot be used to send or to read', async () => {
    const room = await openRoom(await startTestServer());
    const [ada, bob] = [await room.enter(), await room.enter()];
    const thief = { caller: ada.caller, userEndpointId: bob.userEndpointId };
    expect((await send(room, thief, {})).status).toBe(403);
    const query = { v: 1, messages: 'all', userEndpointId: bob.userEndpointId };
    const params = { id: room.conferenceId };
    expect((await ada.caller.call('getEvents', { params, query })).status).toBe(403);
  });

  it('receives nothing more once it has left', async () => {
    const room = await openRoom(await startTestServer());
    const [ada, bob] = [await room.enter(), await room.enter()];
    const { caller, userEndpointId } = bob;
    const query = { v: 2, messages: 'joined', userEndpointId };
    const push = await PushReader.open(caller, room.conferenceId, query);
    await caller.do('leave', { body: { conferenceId: room.conferenceId, userEndpointId } });
    await send(room, ada, { payload: 'gossip' });
    await room.enter();
    expect((await push.take(3)).map(({ type }) => type).slice(1)).toEqual([
      'ConferenceLeftEvent',
      'ConferenceJoinedEvent',
    ]);
  });

  it('reads on by push from its place when it comes back', async () => {
    const room = await openRoom(await startTestServer());
    const [ada, bob] = [await room.enter(), await room.enter()];
    const { caller, userEndpointId } = bob;
    const { conferenceId } = room;
    const push = await PushReader.open(caller, conferenceId, { v: 2, messages: 'joined', userEndpointId });
    await push.take(1);
    await caller.do('leave', { body: { conferenceId, userEndpointId } });
    await send(room, ada, { payload: 'one' });
    expect(await push.take(1)).toMatchObject([{ type: 'ConferenceLeftEvent' }]);
    await send(room, ada, { payload: 'two' });
    await caller.do('join', { body: { conferenceId, userEndpointId } });
    await send(room, ada, { payload: 'three' });
    const [joined, ...messages] = await push.take(4);
    expect(joined?.type).toBe('ConferenceJoinedEvent');
    expect(payloadsOf(messages)).toEqual(['one', 'two', 'three']);
  });

  it.each([
    ['misses what is sent after it left', false, []],
    ['receives what was sent while it was there', true, ['last']],
  ])('%s, also when the conference ends', async (_what, stays, expected) => {
    const room = await openRoom(await startTestServer());
    const [ada, bob] = [await room.enter(), await room.enter()];
    const { caller, userEndpointId } = bob;
    const { conferenceId } = room;
    const { service } = room.server;
    const host = await service.join(conferenceId);
    const push = await PushReader.open(caller, conferenceId, { v: 3, messages: 'joined', userEndpointId });
    await push.take(1);
    if (!stays) await caller.do('leave', { body: { conferenceId, userEndpointId } });
    await send(room, ada, { payload: 'last' });
    await service.do('end', { body: { conferenceId, userEndpointId: host } });
    const [first, last] = await push.take(2);
    expect(first?.type).toBe(stays ? 'ConferenceMessageSentEvent' : 'ConferenceLeftEvent');
    expect(last?.type).toBe('ConferenceEndedEvent');
    expect(payloadsOf([first ?? {}]).filter((payload) => payload !== undefined)).toEqual(expected);
  });

  it('must be named to read messages', async () => {
    const room = await openRoom(await startTestServer());
    const { caller } = await room.enter();
    const answer = await caller.call('getEvents', {
      params: { id: room.conferenceId },
      query: { v: 1, messages: 'all' },
    });
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  it('cannot send to itself', async () => {
    const room = await openRoom(await startTestServer());
    const ada = await room.enter();
    const answer = await send(room, ada, { to: [ada.userEndpointId] });
    expect([answer.status, answer.body.error]).toEqual([400, 'unknown_recipient']);
  });
});

it('leaves nothing behind of readers and conferences that are gone', async () => {
  const { service, clock } = await startTestServer();
  const conferenceId = await service.create();
  const userEndpointId = await service.join(conferenceId);
  await service.do('sendMessages', {
    body: { conferenceId, userEndpointId, messages: [{ id: 'a', topic: 't', payload: 1 }] },
  });
  await service.do('end', { body: { conferenceId, userEndpointId } });
  clock.advance(5 * 60_000);
  await expect
    .poll(async () => (await service.call('getConference', { params: { id: conferenceId } })).status)
    .toBe(404);
  await service.create({ conferenceId });
  const again = await service.join(conferenceId);
  const other = await service.join(conferenceId);
  expect(again).not.toBe(other);
  await service.do('sendMessages', {
    body: { conferenceId, userEndpointId: again, messages: [{ id: 'b', topic: 't', payload: 2 }] },
  });
  const events = await service.do<readonly WireEvent[]>('getEvents', {
    params: { id: conferenceId },
    query: { v: 2, messages: 0, userEndpointId: other },
  });
  expect(payloadsOf(events)).toEqual([2]);
});
