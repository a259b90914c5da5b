import type { EntryAnswer, WireConference } from '@parley-rtc/contract';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FAREWELL_MS } from '../moderation/moderation.ts';
import { startIdentityProvider } from '../testing/identity-provider.ts';
import { startModeratedCall } from '../testing/moderated-call.ts';
import { PushReader } from '../testing/push-reader.ts';
import { Caller } from '../testing/test-server.ts';

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
    const idsOf = async (caller: Caller) =>
      (await caller.do<readonly WireConference[]>('getActive')).map(({ id }) => id);
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
