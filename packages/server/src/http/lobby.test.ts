import type { DecideEntryResult, EntryAnswer, WaitingList } from '@parley-rtc/contract';
import { describe, expect, inject, it } from 'vitest';
import { startModeratedCall, type ModeratedCall } from '../testing/moderated-call.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { Caller, startTestServer } from '../testing/test-server.ts';

/** A conference with a waiting room. */
async function startLobby(...args: Parameters<typeof startModeratedCall>) {
  const call = await startModeratedCall(...args);
  await call.moderate('updateAdmission', { lobby: true });
  return { ...call, ...lobbyOf(call) };
}

function lobbyOf({ clock, conferenceId, host, moderate, redeem }: ModeratedCall) {
  const list = (revision?: string, by = host) =>
    by.caller.do<WaitingList>('getWaiting', {
      params: { id: conferenceId },
      query: { userEndpointId: by.userEndpointId, ...(revision !== undefined && { revision }) },
    });
  const knock = (caller: Caller, userEndpointId: string, more: object = {}) =>
    caller.do<EntryAnswer>('requestEntry', { body: { conferenceId, userEndpointId, ...more } });
  return {
    knock,
    /** A guest who has asked to be let in. */
    arrive: async (name: string, properties: object = {}) => {
      const { caller } = await redeem(properties);
      const userEndpointId = await caller.register();
      const answer = await knock(caller, userEndpointId, { name });
      return { caller, userEndpointId, answer };
    },
    list,
    /** Lets time pass in an instant, once each node has heard what happened until then. */
    pass: async (ms: number) => {
      for (let node = 0; node < (inject('nodeCount') ?? 1); node += 1) await list();
      clock.advance(ms);
    },
    decide: async (decision: string, more: object = {}, by = host) =>
      (await moderate('decideEntry', { decision, ...more }, by)).body as DecideEntryResult,
  };
}

const names = ({ waiting }: WaitingList) => waiting.map(({ name }) => name);

describe('who waits', () => {
  it('is told so, with the message of the hosts, and admitted by one of them', async () => {
    const { arrive, knock, decide, moderate, conferenceId } = await startLobby();
    await moderate('updateAdmission', { lobbyMessage: 'Five minutes' });
    const { caller, userEndpointId, answer } = await arrive('Bob');
    expect(answer).toMatchObject({ state: 'WAITING', message: 'Five minutes' });
    expect(Date.parse(answer.expiresAt ?? '') - Date.parse(answer.waitingSince ?? '')).toBe(1_800_000);
    const join = { body: { conferenceId, userEndpointId } };
    expect(await caller.call('join', join)).toMatchObject({ status: 403, body: { error: 'lobby' } });
    const next = knock(caller, userEndpointId, { revision: answer.revision });
    expect(await decide('ADMITTED', { endpointIds: [userEndpointId] })).toEqual({
      decided: [{ userEndpointId, decision: 'ADMITTED' }],
    });
    expect(await next).toMatchObject({ state: 'ADMITTED' });
    expect((await caller.call('join', join)).status).toBe(200);
    // And back again, without waiting, as after a lost connection.
    await caller.do('leave', join);
    expect((await caller.call('join', join)).status).toBe(200);
  });

  it('does not get another place by a request that was parked when it gave up the place', async () => {
    const { arrive, knock, list, conferenceId, clock } = await startLobby();
    const { caller, userEndpointId, answer } = await arrive('Bob');
    const timers = clock.timerCount;
    const parked = knock(caller, userEndpointId, { revision: answer.revision });
    await expect.poll(() => clock.timerCount).toBeGreaterThan(timers);
    await caller.do('cancelEntry', { body: { conferenceId, userEndpointId } });
    expect(await parked).toEqual(answer);
    expect(names(await list())).toEqual([]);
  });

  it('learns of a new message at once, and of a denial with the words for it', async () => {
    const { arrive, knock, decide, moderate } = await startLobby();
    const { caller, userEndpointId, answer } = await arrive('Bob');
    const next = knock(caller, userEndpointId, { revision: answer.revision });
    await moderate('updateAdmission', { lobbyMessage: 'Soon' });
    const soon = await next;
    expect(soon).toMatchObject({ state: 'WAITING', message: 'Soon' });
    const last = knock(caller, userEndpointId, { revision: soon.revision });
    await decide('DENIED', { message: 'Not today' });
    expect(await last).toMatchObject({ state: 'DENIED', message: 'Not today' });
  });

  it('once denied, may wait again a minute later, however often it asked until then', async () => {
    const { arrive, knock, decide, list, clock } = await startLobby();
    const { caller, userEndpointId } = await arrive('Bob');
    await decide('DENIED');
    const states: string[] = [];
    for (let seconds = 10; seconds <= 80; seconds += 10) {
      clock.advance(10_000);
      states.push((await knock(caller, userEndpointId)).state);
    }
    expect(states.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => 'DENIED'));
    expect(states.at(-1)).toBe('WAITING');
    expect((await list()).waiting).toHaveLength(1);
  });

  it('sees the same answer again when nothing happens for as long as a request is parked', async () => {
    const { arrive, knock, clock } = await startLobby();
    const { caller, userEndpointId, answer } = await arrive('Bob');
    const timers = clock.timerCount;
    const next = knock(caller, userEndpointId, { revision: answer.revision });
    await expect.poll(() => clock.timerCount).toBeGreaterThan(timers);
    clock.advance(20_000);
    expect(await next).toEqual(answer);
  });

  it('keeps the place while it asks, and gives it up by silence, by cancelling, and after the time limit', async () => {
    const { arrive, knock, list, conferenceId, pass } = await startLobby({ longestWaitMs: 50_000 });
    const [silent, cancelled, patient] = [await arrive('A'), await arrive('B'), await arrive('C')];
    expect(names(await list())).toEqual(['A', 'B', 'C']);
    const own = { conferenceId, userEndpointId: cancelled.userEndpointId };
    await silent.caller.call('cancelEntry', { body: own });
    expect(names(await list())).toEqual(['A', 'B', 'C']);
    await cancelled.caller.do('cancelEntry', { body: own });
    expect(names(await list())).toEqual(['A', 'C']);
    await pass(20_000);
    await knock(patient.caller, patient.userEndpointId);
    await pass(15_000);
    expect(names(await list())).toEqual(['C']);
    await knock(patient.caller, patient.userEndpointId);
    await pass(20_000);
    expect(names(await list())).toEqual([]);
    expect(await knock(patient.caller, patient.userEndpointId)).toMatchObject({ state: 'EXPIRED' });
  });

  it('keeps the place during a request that is parked for longer than a silence may last', async () => {
    const { arrive, knock, list, clock, pass } = await startLobby({ pollTimeoutMs: 60_000 });
    const { caller, userEndpointId, answer } = await arrive('Bob');
    const timers = clock.timerCount;
    const next = knock(caller, userEndpointId, { revision: answer.revision });
    await expect.poll(() => clock.timerCount).toBeGreaterThan(timers);
    for (let seconds = 0; seconds < 45; seconds += 5) {
      await pass(5_000);
      expect(names(await list())).toEqual(['Bob']);
    }
    await pass(15_000);
    expect(await next).toEqual(answer);
    await pass(36_000);
    expect(names(await list())).toEqual([]);
  });

  // Another node sets and clears its timers a little later.
  it.skipIf(inject('nodeCount') !== undefined)('leaves no timer behind after it has gone', async () => {
    const { arrive, clock, conferenceId, moderate } = await startLobby();
    const timers = clock.timerCount;
    const { caller, userEndpointId } = await arrive('Bob');
    await caller.do('cancelEntry', { body: { conferenceId, userEndpointId } });
    await caller.do('unregisterUserEndpoint', { body: { userEndpointId } });
    // One for the login.
    expect(clock.timerCount).toBe(timers + 1);
    // Two for the login and the endpoint of one who falls silent.
    await arrive('Cy');
    clock.advance(60_000);
    expect(clock.timerCount).toBe(timers + 3);
    const silent = await arrive('Ann');
    await moderate('end', {});
    await silent.caller.do('unregisterUserEndpoint', { body: { userEndpointId: silent.userEndpointId } });
    // And one for the ended conference.
    await expect.poll(() => clock.timerCount).toBe(timers + 5);
  });

  it('waits as long as the limit says, whatever happens to the clock', async () => {
    const { arrive, knock, list, clock, pass } = await startLobby({
      longestWaitMs: 50_000,
      accessTokenSeconds: 36_000,
    });
    const early = await arrive('A');
    clock.set(-3_600_000);
    const late = await arrive('B');
    // Behind the one who came before, all the same.
    expect(names(await list())).toEqual(['A', 'B']);
    clock.set(7_200_000);
    const askAll = async () => {
      await pass(20_000);
      const answers = [early, late].map(({ caller, userEndpointId }) => knock(caller, userEndpointId));
      return (await Promise.all(answers)).map((answer) => answer.state);
    };
    expect(await askAll()).toEqual(['WAITING', 'WAITING']);
    expect(await askAll()).toEqual(['WAITING', 'WAITING']);
    clock.set(-7_200_000);
    expect(await askAll()).toEqual(['EXPIRED', 'EXPIRED']);
  });

  it('needs no host to be there: one who comes later finds the guest waiting', async () => {
    const { arrive, list, host, conferenceId, knock } = await startLobby();
    await host.caller.do('leave', { body: { conferenceId, userEndpointId: host.userEndpointId } });
    const guest = await arrive('Bob');
    expect(await knock(guest.caller, guest.userEndpointId)).toMatchObject({ state: 'WAITING' });
    const back = { caller: host.caller, userEndpointId: await host.caller.join(conferenceId) };
    expect(names(await list(undefined, back))).toEqual(['Bob']);
  });

  it('keeps the place over a restart', async () => {
    const dataDir = temporaryFolder();
    const first = await startLobby({ dataDir });
    const guests = [await first.arrive('A'), await first.arrive('B')];
    await first.close();
    const server = await startTestServer({ dataDir }, { clock: first.clock });
    const host = { ...first.host, caller: first.host.caller.at(server.url) };
    const { list, decide, knock } = lobbyOf({
      ...first,
      host,
      moderate: (id, body) =>
        host.caller.call(id, {
          body: { conferenceId: first.conferenceId, userEndpointId: host.userEndpointId, ...body },
        }),
    });
    expect(names(await list())).toEqual(['A', 'B']);
    for (const { caller, userEndpointId, answer } of guests) {
      const again = await knock(caller.at(server.url), userEndpointId);
      expect(again).toEqual(answer);
    }
    expect((await decide('ADMITTED')).decided).toHaveLength(2);
  });

  it('is let in when the waiting room closes, also into a locked conference', async () => {
    const { arrive, knock, moderate, conferenceId } = await startLobby();
    const { caller, userEndpointId, answer } = await arrive('Bob');
    const next = knock(caller, userEndpointId, { revision: answer.revision });
    await moderate('updateAdmission', { lobby: false, locked: true });
    expect(await next).toMatchObject({ state: 'ADMITTED' });
    expect((await caller.call('join', { body: { conferenceId, userEndpointId } })).status).toBe(200);
  });

  it('is told when the conference ends', async () => {
    const { arrive, conferenceId, moderate } = await startLobby();
    const { caller, userEndpointId, answer } = await arrive('Bob');
    const body = { conferenceId, userEndpointId, revision: answer.revision };
    const next = caller.call('requestEntry', { body });
    await moderate('end', {});
    expect(await next).toMatchObject({ status: 404 });
  });

  it('cannot take the place of another user by naming its endpoint', async () => {
    const { arrive, redeem, conferenceId } = await startLobby();
    const { userEndpointId } = await arrive('Bob');
    const { caller } = await redeem();
    for (const operation of ['requestEntry', 'cancelEntry']) {
      expect((await caller.call(operation, { body: { conferenceId, userEndpointId } })).status).toBe(403);
    }
  });

  it('reads nothing of the conference', async () => {
    const { arrive, conferenceId, host, publish } = await startLobby();
    const streamId = await publish(host);
    const { caller, userEndpointId, answer } = await arrive('Bob');
    expect(Object.keys(answer).toSorted()).toEqual(['expiresAt', 'revision', 'state', 'waitingSince']);
    const own = { conferenceId, userEndpointId };
    const stream = { ...own, streamId };
    const message = { id: 'm', topic: 't', payload: 1 };
    const attempts: readonly (readonly [string, object])[] = [
      ['getConference', { params: { id: conferenceId } }],
      ['getSimpleView', { params: { id: conferenceId } }],
      ['getEvents', { params: { id: conferenceId } }],
      ['getEvents', { params: { id: conferenceId }, query: { userEndpointId, messages: 'all' } }],
      ['openPush', { params: { id: conferenceId }, query: { v: 0 } }],
      ['getWaiting', { params: { id: conferenceId }, query: { userEndpointId } }],
      ['getActive', {}],
      ['join', { body: own }],
      ['end', { body: own }],
      ['sendMessages', { body: { ...own, messages: [message] } }],
      ['sendEvent', { body: { conferenceId, event: { type: 'XEvent', timestamp: '2026-01-05T10:00:00Z' } } }],
      ['updateMetadata', { body: { ...own, operation: 'SET', key: 'k', value: 'v' } }],
      ['setInteraction', { body: { ...own, interactionId: 'i' } }],
      ['publishStream', { body: { ...own, conferenceStreamType: 'MIC', sdpOffer: 'v=0' } }],
      ['viewStream', { body: { ...stream, sdpOffer: 'v=0' } }],
      ['viewStream', { body: { ...stream, userEndpointId: host.userEndpointId, sdpOffer: 'v=0' } }],
      ['stopViewStream', { body: { ...stream, viewerId: 'v' } }],
      ['decideEntry', { body: { ...own, decision: 'ADMITTED' } }],
      ['removeParticipant', { body: { ...own, participantId: host.userEndpointId } }],
      ['muteParticipant', { body: { ...own, participantId: host.userEndpointId, kind: 'audio' } }],
      ['updatePermissions', { body: { ...own, participantId: host.userEndpointId, permissions: {} } }],
      ['updateAdmission', { body: { ...own, lobby: false } }],
    ];
    for (const [operation, asked] of attempts) {
      const { status, body } = await caller.call(operation, asked);
      expect([operation, status]).toEqual([operation, status === 400 ? 400 : 403]);
      for (const secret of [host.userEndpointId, streamId, host.caller.userId]) {
        expect(JSON.stringify(body)).not.toContain(secret);
      }
    }
  });
});

describe('hosts', () => {
  it('see who waits, with what is verified about them, as soon as it changes', async () => {
    const { arrive, list } = await startLobby();
    const empty = await list();
    expect(empty.waiting).toEqual([]);
    const next = list(empty.revision);
    const verified = { name: 'Dr Ada' };
    const { userEndpointId, caller } = await arrive('Ada', { verified });
    expect((await next).waiting).toMatchObject([
      { userEndpointId, userId: caller.userId, name: 'Ada', verified },
    ]);
  });

  it('see at once when a guest stops waiting, or falls silent', async () => {
    const { arrive, list, clock, conferenceId, pass } = await startLobby();
    const parked = async (revision: string) => {
      const timers = clock.timerCount;
      const next = list(revision);
      await expect.poll(() => clock.timerCount).toBeGreaterThan(timers);
      return { next };
    };
    const { caller, userEndpointId } = await arrive('Bob');
    await arrive('Ann');
    const afterCancel = await parked((await list()).revision);
    await caller.do('cancelEntry', { body: { conferenceId, userEndpointId } });
    const left = await afterCancel.next;
    expect(names(left)).toEqual(['Ann']);
    await pass(20_000);
    const afterSilence = await parked(left.revision);
    await pass(15_000);
    expect(names(await afterSilence.next)).toEqual([]);
  });

  it('who decide at the same time both learn what was decided first', async () => {
    const { arrive, decide, enter } = await startLobby();
    const coHost = await enter({ moderator: true });
    const { userEndpointId } = await arrive('Bob');
    const both = await Promise.all([
      decide('DENIED', { endpointIds: [userEndpointId] }),
      decide('ADMITTED', { endpointIds: [userEndpointId, 'nobody'] }, coHost),
    ]);
    expect(both[0]).toEqual(both[1]);
    expect(both[0].decided).toHaveLength(1);
  });

  it('admit all at once', async () => {
    const { arrive, decide, list } = await startLobby();
    const ids = [(await arrive('A')).userEndpointId, (await arrive('B')).userEndpointId];
    const { decided } = await decide('ADMITTED');
    expect(decided.map(({ userEndpointId }) => userEndpointId)).toEqual(ids);
    expect((await list()).waiting).toEqual([]);
  });

  it('enter without waiting, and guests may not see who waits', async () => {
    const { enter, arrive, decide, conferenceId } = await startLobby();
    await enter({ moderator: true });
    const { caller, userEndpointId } = await arrive('Bob');
    await decide('ADMITTED');
    await caller.do('join', { body: { conferenceId, userEndpointId } });
    const asked = { params: { id: conferenceId }, query: { userEndpointId } };
    expect((await caller.call('getWaiting', asked)).status).toBe(403);
  });

  it('can create a conference that has a waiting room from the start', async () => {
    const { service, requestToken, url, state } = await startModeratedCall();
    expect((await state()).metadata).toEqual({});
    const conferenceId = await service.create({ lobby: true, metadata: { topic: 'x' } });
    const { id } = await service.do<{ readonly id: string }>('createTicket', {
      body: { type: 'MULTI_USE_TICKET', properties: { conference_id: conferenceId } },
    });
    const { body } = await requestToken({ grant_type: 'password', username: id }, 'customer:');
    const guest = new Caller(url, body);
    const own = { conferenceId, userEndpointId: await guest.register() };
    expect(await guest.call('join', { body: own })).toMatchObject({ status: 403, body: { error: 'lobby' } });
    expect(await service.call('create', { body: { metadata: { PARLEY_LOBBY: '{}' } } })).toMatchObject({
      status: 400,
    });
  });

  it('who removed a guest see it wait again when it comes back', async () => {
    const { arrive, decide, moderate, conferenceId, redeem, knock } = await startLobby();
    const { caller, userEndpointId } = await arrive('Bob', { customer_id: 'bob' });
    await decide('ADMITTED');
    await caller.do('join', { body: { conferenceId, userEndpointId } });
    await moderate('removeParticipant', { participantId: userEndpointId });
    const { caller: again } = await redeem({ customer_id: 'bob' });
    expect(await knock(again, await again.register())).toMatchObject({ state: 'WAITING' });
  });
});
