import { once } from 'node:events';
import type { EntryAnswer, WireConference } from '@parley-rtc/contract';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { FAREWELL_MS } from '../moderation/moderation.ts';
import { SqliteRecords } from '../storage/sqlite-records.ts';
import { startIdentityProvider } from '../testing/identity-provider.ts';
import { startModeratedCall } from '../testing/moderated-call.ts';
import { PushReader } from '../testing/push-reader.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { Caller } from '../testing/test-server.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** A moderated call whose server also accepts users of an identity provider. */
async function startWithProvider() {
  const provider = await startIdentityProvider(onTestFinished);
  const call = await startModeratedCall({ externalIssuer: provider.config });
  return {
    ...call,
    external: async (sub: string, claims: object = {}) =>
      new Caller(call.url, {
        access_token: await provider.sign(call.clock.now(), { sub, authorities: [], ...claims }),
        token_type: 'bearer',
        expires_in: 0,
        sub,
      }),
  };
}

const idsOf = async (caller: Caller) =>
  (await caller.do<readonly WireConference[]>('getActive')).map(({ id }) => id);

describe('an open push', () => {
  it('of a banned guest ends with the removal, and carries nothing of what follows', async () => {
    const { enter, moderate, conferenceId, state, host } = await startModeratedCall();
    const guest = await enter();
    const { version = 0 } = await state();
    const push = await PushReader.open(guest.caller, conferenceId, { v: version });
    await moderate('removeParticipant', { participantId: guest.userEndpointId, ban: true });
    await moderate('updateMetadata', { operation: 'SET', key: 'secret', value: 'x' });
    const event = { type: 'DocumentSignedEvent', timestamp: '2026-01-05T10:00:00Z' };
    await host.caller.do('sendEvent', { body: { conferenceId, event } });
    expect((await push.take(9)).map(({ type }) => type)).toEqual(['ConferenceLeftEvent']);
  });

  it('of a removed guest ends behind a locked door', async () => {
    const { enter, moderate, conferenceId, state } = await startModeratedCall();
    const guest = await enter();
    await moderate('updateAdmission', { locked: true });
    const { version = 0 } = await state();
    const push = await PushReader.open(guest.caller, conferenceId, { v: version });
    await moderate('removeParticipant', { participantId: guest.userEndpointId });
    await moderate('updateMetadata', { operation: 'SET', key: 'secret', value: 'x' });
    expect((await push.take(9)).map(({ type }) => type)).toEqual(['ConferenceLeftEvent']);
  });

  it('of a removed guest ends with its login, when everyone may read', async () => {
    const { enter, moderate, conferenceId, state, clock } = await startModeratedCall();
    const guest = await enter();
    const { version = 0 } = await state();
    const push = await PushReader.open(guest.caller, conferenceId, { v: version });
    await moderate('removeParticipant', { participantId: guest.userEndpointId });
    expect((await push.take(1)).map(({ type }) => type)).toEqual(['ConferenceLeftEvent']);
    clock.advance(FAREWELL_MS);
    await expect.poll(async () => (await guest.caller.call('getIceServers')).status).toBe(401);
    await moderate('updateMetadata', { operation: 'SET', key: 'secret', value: 'x' });
    expect(await push.next()).toBeUndefined();
  });

  it('of a user who is banned without being inside ends, and so do its polls', async () => {
    const { redeem, moderate, conferenceId, state } = await startModeratedCall();
    const { caller } = await redeem();
    const userEndpointId = await caller.register();
    const { version = 0 } = await state();
    const push = await PushReader.open(caller, conferenceId, { v: version });
    const poll = caller.call('getEvents', { params: { id: conferenceId }, query: { v: version } });
    await moderate('removeParticipant', { participantId: userEndpointId, ban: true });
    await moderate('updateMetadata', { operation: 'SET', key: 'secret', value: 'x' });
    expect(await push.next()).toBeUndefined();
    expect(JSON.stringify((await poll).body)).not.toContain('secret');
  });
});

describe('a removed moderator', () => {
  it('moderates no more: neither in the time until its login ends, nor by a role', async () => {
    const { enter, moderate, host, external, conferenceId, publish } = await startWithProvider();
    const coHost = await enter({ moderator: true });
    await publish(host, 'MIC');
    const agent = await external('agent', { authorities: ['ROLE_AGENT'] });
    const staff = { caller: agent, userEndpointId: await agent.join(conferenceId) };
    const guest = await enter();
    await moderate('removeParticipant', { participantId: coHost.userEndpointId });
    await moderate('removeParticipant', { participantId: staff.userEndpointId, ban: true });
    for (const former of [coHost, staff]) {
      for (const [operation, body] of [
        ['removeParticipant', { participantId: host.userEndpointId }],
        ['muteParticipant', { participantId: host.userEndpointId, kind: 'audio' }],
        ['updatePermissions', { participantId: guest.userEndpointId, permissions: { moderate: true } }],
        ['updateAdmission', { locked: true }],
        ['decideEntry', { decision: 'ADMITTED' }],
      ] as const) {
        expect([operation, (await moderate(operation, body, former)).status]).toEqual([operation, 403]);
      }
      const query = { userEndpointId: former.userEndpointId };
      const list = await former.caller.call('getWaiting', { params: { id: conferenceId }, query });
      expect(list.status).toBe(403);
    }
    expect((await moderate('end', {}, coHost)).status).toBe(403);
  });

  it('does not enter a locked conference again by the role of its ticket', async () => {
    const { enter, moderate, conferenceId } = await startModeratedCall();
    const coHost = await enter({ moderator: true });
    await moderate('updateAdmission', { locked: true });
    await moderate('removeParticipant', { participantId: coHost.userEndpointId });
    const read = await coHost.caller.call('getConference', { params: { id: conferenceId } });
    expect(read).toMatchObject({ status: 403, body: { error: 'removed' } });
  });
});

describe('a user with the id of another, whom something else vouches for', () => {
  it('reads nothing behind a closed door because the other is inside', async () => {
    const { external, redeem, moderate, conferenceId } = await startWithProvider();
    const bob = await external('bob');
    await bob.join(conferenceId, { name: 'Bob' });
    await moderate('updateAdmission', { lobby: true });
    const { caller: mallory } = await redeem({ customer_id: 'bob' });
    const params = { params: { id: conferenceId } };
    for (const read of ['getConference', 'getSimpleView', 'getEvents', 'openPush']) {
      expect(await mallory.call(read, params)).toMatchObject({ status: 403, body: { error: 'lobby' } });
    }
    const body = { conferenceId, userEndpointId: await mallory.register(), interactionId: 'i' };
    expect((await mallory.call('setInteraction', { body })).status).toBe(403);
    // The one who is inside reads on.
    expect((await bob.call('getConference', params)).status).toBe(200);
  });
});

describe('the list of active conferences', () => {
  it('has no conference that its reader may not read', async () => {
    const { login, moderate, conferenceId, service, host } = await startModeratedCall();
    const user = await login('user');
    expect(await idsOf(user)).toEqual([conferenceId]);
    await moderate('updateAdmission', { locked: true });
    expect(await idsOf(user)).toEqual([]);
    expect(await idsOf(service)).toEqual([conferenceId]);
    await moderate('updateAdmission', { locked: false });
    const userEndpointId = await user.join(conferenceId);
    await moderate('updateAdmission', { locked: true });
    expect(await idsOf(user)).toEqual([conferenceId]);
    await moderate('removeParticipant', { participantId: userEndpointId, ban: true });
    expect(await idsOf(user)).toEqual([]);
    expect(await idsOf(host.caller)).toEqual([conferenceId]);
  });
});

describe('a ban', () => {
  it('also removes an endpoint that joins with another login while the disk is writing', async () => {
    const call = await startModeratedCall({ dataDir: temporaryFolder() });
    const { enter, redeem, moderate, conferenceId, state, host } = call;
    const guest = await enter({ customer_id: 'mallory' });
    const { caller } = await redeem({ customer_id: 'mallory' });
    const userEndpointId = await caller.register();
    const gate = new AbortController();
    const written = once(gate.signal, 'abort');
    const disk = vi
      .spyOn(SqliteRecords.prototype, 'put')
      .mockImplementationOnce(async () => void (await written));
    const ban = moderate('removeParticipant', { participantId: guest.userEndpointId, ban: true });
    await expect.poll(() => disk.mock.calls.length).toBe(1);
    await caller.do('join', { body: { conferenceId, userEndpointId } });
    gate.abort();
    expect((await ban).status).toBe(204);
    expect((await state()).participants?.map(({ id }) => id)).toEqual([host.userEndpointId]);
  });

  it('still works after a removal, when the endpoint and the login are gone', async () => {
    const { enter, moderate, requestToken, clock } = await startModeratedCall();
    const { ticket = '', userEndpointId, caller } = await enter();
    const form = { grant_type: 'password', username: ticket };
    await moderate('removeParticipant', { participantId: userEndpointId });
    await caller.do('unregisterUserEndpoint', { body: { userEndpointId } });
    clock.advance(FAREWELL_MS);
    await expect.poll(async () => (await caller.call('getIceServers')).status).toBe(401);
    expect((await requestToken(form, 'customer:')).status).toBe(200);
    const ban = { participantId: userEndpointId, ban: true };
    expect((await moderate('removeParticipant', ban)).status).toBe(204);
    expect((await requestToken(form, 'customer:')).status).toBe(400);
  });

  it('reaches a guest who has just left', async () => {
    const { enter, moderate, requestToken, conferenceId, host } = await startModeratedCall();
    // The host need not be inside.
    await host.caller.do('leave', { body: { conferenceId, userEndpointId: host.userEndpointId } });
    const { ticket = '', userEndpointId, caller } = await enter();
    await caller.do('unregisterUserEndpoint', { body: { userEndpointId } });
    const ban = { participantId: userEndpointId, ban: true };
    expect((await moderate('removeParticipant', ban)).status).toBe(204);
    const again = await requestToken({ grant_type: 'password', username: ticket }, 'customer:');
    expect(again.status).toBe(400);
  });

  it('of a guest who waits takes it out of the waiting room at once', async () => {
    const { redeem, moderate, conferenceId, host } = await startModeratedCall();
    await moderate('updateAdmission', { lobby: true });
    const { caller } = await redeem();
    const body = { conferenceId, userEndpointId: await caller.register() };
    const { revision } = await caller.do<EntryAnswer>('requestEntry', { body });
    const next = caller.call('requestEntry', { body: { ...body, revision } });
    const ban = { participantId: body.userEndpointId, ban: true };
    expect((await moderate('removeParticipant', ban)).status).toBe(204);
    expect(await next).toMatchObject({ status: 403, body: { error: 'banned' } });
    const query = { userEndpointId: host.userEndpointId };
    const list = await host.caller.do('getWaiting', { params: { id: conferenceId }, query });
    expect(list).toMatchObject({ waiting: [] });
  });
});

describe('a removal', () => {
  it('takes all endpoints of the login along, which could not stay without it', async () => {
    const { enter, moderate, conferenceId, state, host } = await startModeratedCall();
    const guest = await enter();
    const otherTab = await guest.caller.join(conferenceId);
    await moderate('removeParticipant', { participantId: guest.userEndpointId, reason: 'Too loud' });
    expect((await state()).participants?.map(({ id }) => id)).toEqual([host.userEndpointId]);
    const body = { conferenceId, userEndpointId: otherTab };
    expect(await guest.caller.call('join', { body })).toMatchObject({ body: { error: 'removed' } });
  });
});
