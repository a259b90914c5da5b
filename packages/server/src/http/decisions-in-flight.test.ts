import type { EntryAnswer, WaitingList } from '@parley-rtc/contract';
import { describe, expect, it } from 'vitest';
import { startModeratedCall } from '../testing/moderated-call.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { startTestServer, type Caller } from '../testing/test-server.ts';

describe('while media are set up', () => {
  it('a publisher who loses the right publishes nothing, and leaves no media behind', async () => {
    const { enter, moderate, mediaRouter, conferenceId, participant } = await startModeratedCall();
    const { caller, userEndpointId } = await enter();
    const resume = mediaRouter.pause();
    const body = { conferenceId, userEndpointId, conferenceStreamType: 'CAM', sdpOffer: 'v=0' };
    const published = caller.call('publishStream', { body });
    await expect.poll(() => mediaRouter.heldCount).toBe(1);
    await moderate('updatePermissions', { participantId: userEndpointId, permissions: { publish: ['MIC'] } });
    resume();
    expect(await published).toMatchObject({ status: 403 });
    expect((await participant(userEndpointId))?.streams).toEqual([]);
    expect([...mediaRouter.streams.keys()]).toEqual([]);
  });

  it.each([
    ['loses the right', 'updatePermissions', { permissions: { view: false } }],
    ['is removed', 'removeParticipant', {}],
  ])('a viewer who %s views nothing', async (_what, operation, decision) => {
    const { enter, moderate, mediaRouter, conferenceId, host, publish } = await startModeratedCall();
    const { caller, userEndpointId } = await enter();
    const streamId = await publish(host);
    const resume = mediaRouter.pause();
    // As deployed mobile clients do: with the publisher's endpoint.
    const body = { conferenceId, userEndpointId: host.userEndpointId, streamId, sdpOffer: 'v=0' };
    const viewed = caller.call('viewStream', { body });
    await expect.poll(() => mediaRouter.heldCount).toBe(1);
    await moderate(operation, { participantId: userEndpointId, ...decision });
    resume();
    expect((await viewed).status).toBe(404);
    expect([...mediaRouter.views.values()].flatMap((ids) => [...ids])).toEqual([]);
  });

  it('a stream that is muted before its media are set up again stays muted', async () => {
    const { enter, moderate, mediaRouter, conferenceId, publish } = await startModeratedCall();
    const guest = await enter();
    const streamId = await publish(guest, 'MIC');
    const resume = mediaRouter.pause();
    const restart = { streamId, conferenceStreamType: 'MIC', sdpOffer: 'v=0 again', iceRestart: true };
    const body = { conferenceId, userEndpointId: guest.userEndpointId, ...restart };
    const restarted = guest.caller.call('publishStream', { body });
    await expect.poll(() => mediaRouter.heldCount).toBe(1);
    await moderate('muteParticipant', { participantId: guest.userEndpointId, kind: 'audio' });
    resume();
    expect((await restarted).status).toBe(200);
    expect([...mediaRouter.mutedKinds.values()]).toEqual([['audio']]);
  });

  it('quick mutes and unmutes end as the last one says', async () => {
    const { enter, moderate, mediaRouter, publish, state } = await startModeratedCall();
    const guest = await enter();
    const key = `TRACK_MUTED/audio/${await publish(guest, 'MIC')}`;
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        await moderate('muteParticipant', { participantId: guest.userEndpointId, kind: 'audio' });
        await moderate('updateMetadata', { operation: 'REMOVE', key }, guest);
      }),
    );
    const isMuted = Object.hasOwn((await state()).metadata ?? {}, key);
    await expect.poll(() => [...mediaRouter.mutedKinds.values()]).toEqual([isMuted ? ['audio'] : []]);
  });
});

describe('a host who loses the right', () => {
  it('sees nothing of those who come to the waiting room later', async () => {
    const { enter, redeem, moderate, conferenceId, clock } = await startModeratedCall();
    const coHost = await enter({ moderator: true });
    await moderate('updateAdmission', { lobby: true });
    const list = (revision?: string) =>
      coHost.caller.call<WaitingList>('getWaiting', {
        params: { id: conferenceId },
        query: { userEndpointId: coHost.userEndpointId, ...(revision !== undefined && { revision }) },
      });
    const { revision } = (await list()).body;
    const timers = clock.timerCount;
    const next = list(revision);
    await expect.poll(() => clock.timerCount).toBeGreaterThan(timers);
    const change = { participantId: coHost.userEndpointId, permissions: { moderate: false } };
    await moderate('updatePermissions', change);
    const { caller } = await redeem();
    const body = { conferenceId, userEndpointId: await caller.register(), name: 'Secret' };
    await caller.do<EntryAnswer>('requestEntry', { body });
    const answer = await next;
    expect(answer.status).toBe(403);
    expect(JSON.stringify(answer.body)).not.toContain('Secret');
  });
});

describe('after a restart', () => {
  it('who was admitted enters, who waits waits, who was removed stays out, and what was decided holds', async () => {
    const dataDir = temporaryFolder();
    const call = await startModeratedCall({ dataDir });
    const { enter, redeem, moderate, conferenceId, host, clock } = call;
    const listener = await enter();
    const removed = await enter();
    await moderate('updatePermissions', {
      participantId: listener.userEndpointId,
      permissions: { publish: [] },
    });
    await moderate('removeParticipant', { participantId: removed.userEndpointId, reason: 'Too loud' });
    await moderate('updateAdmission', { lobby: true });
    const knock = async (caller: Caller) => {
      const body = { conferenceId, userEndpointId: await caller.register() };
      await caller.do('requestEntry', { body });
      return { caller, body };
    };
    const admitted = await knock((await redeem()).caller);
    const waiting = await knock((await redeem()).caller);
    const decision = { decision: 'ADMITTED', endpointIds: [admitted.body.userEndpointId] };
    await moderate('decideEntry', decision);
    await call.close();

    const { url } = await startTestServer({ dataDir }, { clock });
    const ask = (caller: Caller, operation: string, body: object) =>
      caller.at(url).call<EntryAnswer & { readonly error?: string }>(operation, { body });
    expect((await ask(admitted.caller, 'join', admitted.body)).status).toBe(200);
    expect((await ask(waiting.caller, 'join', waiting.body)).body.error).toBe('lobby');
    expect((await ask(waiting.caller, 'requestEntry', waiting.body)).body.state).toBe('WAITING');
    const again = { conferenceId, userEndpointId: removed.userEndpointId };
    await ask(removed.caller, 'registerUserEndpoint', { ...again, keepAliveSeconds: 30 });
    expect((await ask(removed.caller, 'join', again)).body.error).toBe('removed');
    const own = { conferenceId, userEndpointId: listener.userEndpointId };
    const offer = { ...own, conferenceStreamType: 'MIC', sdpOffer: 'v=0' };
    expect((await ask(listener.caller, 'publishStream', offer)).status).toBe(403);
    await ask(listener.caller, 'leave', own);
    expect((await ask(listener.caller, 'join', own)).status).toBe(200);
    expect((await ask(listener.caller, 'publishStream', offer)).status).toBe(403);
    const moderating = { conferenceId, userEndpointId: host.userEndpointId };
    expect((await ask(host.caller, 'updateAdmission', { ...moderating, lobby: false })).status).toBe(204);
  });
});
