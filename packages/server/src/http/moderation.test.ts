import type { WireConference } from '@parley-rtc/contract';
import { describe, expect, it } from 'vitest';
import { FAREWELL_MS } from '../moderation/moderation.ts';
import { streamKeyOf } from '../streams/stream-place.ts';
import { startModeratedCall } from '../testing/moderated-call.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { startTestServer } from '../testing/test-server.ts';

describe('removing a participant', () => {
  it('ends its streams and membership, tells everybody who did it and why, and keeps its endpoint out', async () => {
    const call = await startModeratedCall();
    const { enter, moderate, publish, state, service, conferenceId, host, mediaRouter } = call;
    const guest = await enter();
    await publish(guest);
    const { version } = await state();
    const { userEndpointId } = guest;
    const removal = { participantId: userEndpointId, reason: 'Too loud' };
    expect((await moderate('removeParticipant', removal)).status).toBe(204);
    const removedBy = { userId: service.userId, userEndpointId: host.userEndpointId };
    expect(await service.events(conferenceId, version)).toMatchObject([
      { type: 'ConferenceStreamUnpublishedEvent' },
      { type: 'ConferenceLeftEvent', userEndpointId, reason: 'Too loud', removedBy, isBanned: false },
    ]);
    expect(mediaRouter.streams.size).toBe(0);
    const join = { body: { conferenceId, userEndpointId } };
    expect(await guest.caller.call('join', join)).toMatchObject({
      status: 403,
      body: { error: 'removed', error_description: expect.stringContaining('Too loud') as string },
    });
    const message = { ...join.body, messages: [{ id: 'm', topic: 't', payload: 1 }] };
    expect((await guest.caller.call('sendMessages', { body: message })).status).toBe(400);
  });

  it('ends the login some seconds later, after its client could read why', async () => {
    const { enter, moderate, conferenceId, clock } = await startModeratedCall();
    const guest = await enter();
    await moderate('removeParticipant', { participantId: guest.userEndpointId });
    expect((await guest.caller.events(conferenceId, 0)).at(-1)).toMatchObject({
      type: 'ConferenceLeftEvent',
    });
    // Until then, the login cannot enter with another endpoint either.
    const body = { conferenceId, userEndpointId: await guest.caller.register() };
    expect(await guest.caller.call('join', { body })).toMatchObject({
      status: 403,
      body: { error: 'removed' },
    });
    clock.advance(FAREWELL_MS);
    await expect.poll(async () => (await guest.caller.call('getIceServers')).status).toBe(401);
  });

  it('without a ban, the ticket still logs in', async () => {
    const { enter, moderate, requestToken } = await startModeratedCall();
    const { ticket = '', userEndpointId } = await enter();
    await moderate('removeParticipant', { participantId: userEndpointId });
    const again = await requestToken({ grant_type: 'password', username: ticket }, 'customer:');
    expect(again.status).toBe(200);
  });

  it('with a ban, refuses the ticket and every endpoint of the user, and lets it read nothing', async () => {
    const { enter, moderate, requestToken, conferenceId, state, host } = await startModeratedCall();
    const guest = await enter({ customer_id: 'mallory' });
    const otherTab = await guest.caller.join(conferenceId);
    const removal = { participantId: guest.userEndpointId, ban: true };
    expect((await moderate('removeParticipant', removal)).status).toBe(204);
    expect((await state()).participants?.map(({ id }) => id)).toEqual([host.userEndpointId]);
    const login = await requestToken({ grant_type: 'password', username: guest.ticket ?? '' }, 'customer:');
    expect(login).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(JSON.stringify(login.body)).toContain('banned');
    for (const id of [otherTab, guest.userEndpointId, await guest.caller.register()]) {
      const answer = await guest.caller.call('join', { body: { conferenceId, userEndpointId: id } });
      expect(answer.status).toBe(403);
    }
    const params = { params: { id: conferenceId } };
    for (const read of ['getConference', 'getSimpleView', 'getEvents', 'openPush']) {
      expect(await guest.caller.call(read, params)).toMatchObject({ status: 403, body: { error: 'banned' } });
    }
    // A second ticket for the same user does not help.
    await expect(enter({ customer_id: 'mallory' })).rejects.toThrow('banned');
  });

  it('answers a repetition as before, and 404 for an endpoint that never was inside', async () => {
    const { enter, moderate, state } = await startModeratedCall();
    const { userEndpointId: participantId } = await enter();
    for (const _ of [1, 2]) expect((await moderate('removeParticipant', { participantId })).status).toBe(204);
    const { version } = await state();
    expect((await moderate('removeParticipant', { participantId, ban: true })).status).toBe(204);
    expect((await moderate('removeParticipant', { participantId: 'nobody' })).status).toBe(404);
    expect((await state()).version).toBe(version);
  });

  it('is refused for oneself, and to guests', async () => {
    const { enter, moderate, host } = await startModeratedCall();
    const guest = await enter();
    const self = { participantId: host.userEndpointId };
    expect(await moderate('removeParticipant', self)).toMatchObject({ status: 400 });
    expect(await moderate('removeParticipant', self, guest)).toMatchObject({ status: 403 });
  });

  it('leaves the login of a moderator alone who removes an own endpoint, and nobody bans themselves', async () => {
    const { enter, moderate, conferenceId, clock } = await startModeratedCall();
    const coHost = await enter({ moderator: true });
    const otherTab = await coHost.caller.join(conferenceId);
    const ban = { participantId: otherTab, ban: true };
    expect(await moderate('removeParticipant', ban, coHost)).toMatchObject({ status: 400 });
    expect((await moderate('removeParticipant', { participantId: otherTab }, coHost)).status).toBe(204);
    clock.advance(FAREWELL_MS);
    expect((await coHost.caller.call('getIceServers')).status).toBe(200);
    expect((await moderate('updateAdmission', { locked: true }, coHost)).status).toBe(204);
  });

  it('ends polls and pushes of a banned user', async () => {
    const { enter, moderate, conferenceId, state } = await startModeratedCall();
    const guest = await enter();
    const { version = 0 } = await state();
    const poll = guest.caller.events(conferenceId, version);
    await moderate('removeParticipant', { participantId: guest.userEndpointId, ban: true });
    expect(await poll).toMatchObject([{ type: 'ConferenceLeftEvent', isBanned: true }]);
  });

  it('outlasts a restart', async () => {
    const dataDir = temporaryFolder();
    const first = await startModeratedCall({ dataDir });
    const guest = await first.enter({ customer_id: 'mallory' });
    await first.moderate('removeParticipant', { participantId: guest.userEndpointId, ban: true });
    await first.close();
    const { url } = await startTestServer({ dataDir }, { clock: first.clock });
    const caller = guest.caller.at(url);
    const body = { conferenceId: first.conferenceId, userEndpointId: await caller.register() };
    expect(await caller.call('join', { body })).toMatchObject({ status: 403, body: { error: 'banned' } });
  });
});

describe('the next conference with the same id', () => {
  it('knows nothing of what was decided in the one before, also after a restart', async () => {
    const dataDir = temporaryFolder();
    const first = await startModeratedCall({ dataDir, endedRetentionMs: 1_000, accessTokenSeconds: 3_600 });
    const { service, clock, conferenceId, moderate, login } = first;
    const user = await login('user');
    const banned = { caller: user, userEndpointId: await user.join(conferenceId) };
    const gone = await service.join(conferenceId);
    await moderate('updatePermissions', {
      participantId: banned.userEndpointId,
      permissions: { publish: [] },
    });
    await moderate('removeParticipant', { participantId: gone });
    await moderate('removeParticipant', { participantId: banned.userEndpointId, ban: true });
    await moderate('end', {});
    clock.advance(1_000);
    const next = { body: { conferenceId, metadata: { round: '2' } } };
    await expect.poll(async () => (await service.call('create', next)).status).toBe(200);
    await first.close();
    const { url } = await startTestServer({ dataDir }, { clock });
    const body = { conferenceId, userEndpointId: gone };
    expect((await service.at(url).call('join', { body })).status).toBe(200);
    await user.at(url).do('join', { body: { ...body, userEndpointId: banned.userEndpointId } });
    const state = await user.at(url).do<WireConference>('getConference', { params: { id: conferenceId } });
    expect(state.participants?.[1]?.permissions?.publish).toEqual(['MIC', 'CAM', 'SCREEN']);
  });
});

describe('muting a participant', () => {
  it('stops the media router at once, by the entry that official clients know, in the name of the moderator', async () => {
    const { enter, moderate, publish, mediaRouter, state, service, conferenceId, host } =
      await startModeratedCall();
    const guest = await enter();
    const streamId = await publish(guest, 'MIC_AND_CAM');
    const screen = await publish(guest, 'SCREEN');
    const { version } = await state();
    const mute = { participantId: guest.userEndpointId, kind: 'audio' };
    expect((await moderate('muteParticipant', mute)).status).toBe(204);
    expect(await service.events(conferenceId, version)).toMatchObject(
      [streamId, screen].map((id) => ({
        operation: 'SET',
        key: `TRACK_MUTED/audio/${id}`,
        value: 'true',
        userEndpointId: host.userEndpointId,
      })),
    );
    const mutedOf = (id: string) => mediaRouter.mutedKinds.get(streamKeyOf({ conferenceId, streamId: id }));
    expect([mutedOf(streamId), mutedOf(screen)]).toEqual([['audio'], ['audio']]);
    await moderate('muteParticipant', { ...mute, kind: 'video', streamId });
    expect([mutedOf(streamId), mutedOf(screen)]).toEqual([['audio', 'video'], ['audio']]);
  });

  it('lasts until the publisher unmutes, whom nobody else can unmute', async () => {
    const { enter, moderate, publish, mediaRouter } = await startModeratedCall();
    const guest = await enter();
    const streamId = await publish(guest, 'MIC');
    await moderate('muteParticipant', { participantId: guest.userEndpointId, kind: 'audio' });
    const key = `TRACK_MUTED/audio/${streamId}`;
    const write = async (operation: string, by?: typeof guest) =>
      (await moderate('updateMetadata', { operation, key, value: 'true' }, by)).status;
    expect(await write('REMOVE')).toBe(403);
    // Muting oneself as well must not be a way out.
    expect(await write('SET', guest)).toBe(204);
    expect([...mediaRouter.mutedKinds.values()]).toEqual([['audio']]);
    expect(await write('REMOVE', guest)).toBe(204);
    expect([...mediaRouter.mutedKinds.values()]).toEqual([[]]);
    expect(await write('SET', guest)).toBe(204);
    expect([...mediaRouter.mutedKinds.values()]).toEqual([[]]);
  });

  it('also stops who only claims to be muted', async () => {
    const { enter, moderate, publish, mediaRouter } = await startModeratedCall();
    const guest = await enter();
    const key = `TRACK_MUTED/audio/${await publish(guest, 'MIC')}`;
    await moderate('updateMetadata', { operation: 'SET', key, value: 'true' }, guest);
    expect([...mediaRouter.mutedKinds.values()]).toEqual([]);
    await moderate('muteParticipant', { participantId: guest.userEndpointId, kind: 'audio' });
    expect([...mediaRouter.mutedKinds.values()]).toEqual([['audio']]);
  });

  it('changes nothing for a stream that is muted, refuses a stream of somebody else, and one who is not there', async () => {
    const { enter, moderate, publish, state, host } = await startModeratedCall();
    const guest = await enter();
    const own = await publish(host, 'MIC');
    await publish(guest, 'MIC');
    const mute = { participantId: guest.userEndpointId, kind: 'audio' };
    await moderate('muteParticipant', mute);
    const { version } = await state();
    expect((await moderate('muteParticipant', mute)).status).toBe(204);
    expect((await moderate('muteParticipant', { ...mute, kind: 'video' })).status).toBe(204);
    expect((await state()).version).toBe(version);
    expect((await moderate('muteParticipant', { ...mute, streamId: own })).status).toBe(404);
    expect((await moderate('muteParticipant', { ...mute, participantId: 'nobody' })).status).toBe(404);
    expect((await moderate('muteParticipant', mute, guest)).status).toBe(403);
  });
});

describe('the door', () => {
  it('when locked, keeps everybody out who was not inside before, and says so', async () => {
    const { enter, redeem, moderate, conferenceId, state, service } = await startModeratedCall();
    const guest = await enter();
    const { version } = await state();
    expect((await moderate('updateAdmission', { locked: true })).status).toBe(204);
    expect((await moderate('updateAdmission', { locked: true })).status).toBe(204);
    expect(await service.events(conferenceId, version)).toMatchObject([
      { type: 'ConferenceMetadataUpdatedEvent', key: 'PARLEY_LOCKED', userId: service.userId },
    ]);
    const { caller: late } = await redeem();
    const body = { conferenceId, userEndpointId: await late.register() };
    for (const [operation, asked] of [
      ['join', { body }],
      ['requestEntry', { body }],
      ['getConference', { params: { id: conferenceId } }],
      ['getEvents', { params: { id: conferenceId } }],
    ] as const) {
      expect(await late.call(operation, asked)).toMatchObject({ status: 403, body: { error: 'locked' } });
    }
    // Who was inside may come back, for example after a lost connection.
    await guest.caller.do('leave', { body: { conferenceId, userEndpointId: guest.userEndpointId } });
    await guest.caller.join(conferenceId);
    await moderate('updateAdmission', { locked: false });
    await late.do('join', { body });
  });

  it('ends the polls of those who may no longer read', async () => {
    const { redeem, moderate, conferenceId, state } = await startModeratedCall();
    const { caller } = await redeem();
    const { version = 0 } = await state();
    const poll = caller.call('getEvents', { params: { id: conferenceId }, query: { v: version } });
    await moderate('updateAdmission', { locked: true });
    const answered = await poll;
    expect([200, 403]).toContain(answered.status);
    expect(
      await caller.call('getEvents', { params: { id: conferenceId }, query: { v: version } }),
    ).toMatchObject({ status: 403 });
  });

  it('is closed and opened by moderators only; they may also end the conference', async () => {
    const { enter, moderate } = await startModeratedCall();
    const guest = await enter();
    expect((await moderate('updateAdmission', { locked: true }, guest)).status).toBe(403);
    expect((await moderate('end', {}, guest)).status).toBe(403);
    const coHost = await enter({ moderator: true });
    expect((await moderate('end', {}, coHost)).status).toBe(204);
  });
});
