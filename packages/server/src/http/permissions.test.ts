import { ordinaryPermissions } from '@parley-rtc/contract';
import { describe, expect, it } from 'vitest';
import { startModeratedCall } from '../testing/moderated-call.ts';
import { Caller } from '../testing/test-server.ts';

const listenOnly = { permissions: { publish: [], send: false } };

describe('what a ticket permits', () => {
  it('is enforced: a listen-only guest views, and neither publishes nor sends', async () => {
    const { enter, host, conferenceId, publish, participant } = await startModeratedCall();
    const { caller, userEndpointId } = await enter(listenOnly);
    expect((await participant(userEndpointId))?.permissions).toEqual({
      ...ordinaryPermissions,
      publish: [],
      send: false,
    });
    const own = { conferenceId, userEndpointId };
    for (const conferenceStreamType of ['MIC', 'CAM', 'MIC_AND_CAM', 'SCREEN']) {
      const offer = { body: { ...own, conferenceStreamType, sdpOffer: 'v=0' } };
      expect(await caller.call('publishStream', offer)).toMatchObject({ status: 403 });
    }
    const message = { body: { ...own, messages: [{ id: 'm', topic: 't', payload: 1 }] } };
    expect(await caller.call('sendMessages', message)).toMatchObject({ status: 403 });
    const write = { body: { ...own, operation: 'SET', key: 'topic', value: 'x' } };
    expect(await caller.call('updateMetadata', write)).toMatchObject({ status: 403 });
    // Neither in the guise of a stream that starts muted.
    const mute = { ...own, operation: 'SET', key: 'TRACK_MUTED/audio/hello', value: 'Hello!' };
    expect(await caller.call('updateMetadata', { body: mute })).toMatchObject({ status: 403 });
    const self = { body: { ...own, newMetadata: { hand: 'raised' } } };
    expect((await caller.call('updateParticipantMetadata', self)).status).toBe(204);
    const view = { ...own, streamId: await publish(host), sdpOffer: 'v=0' };
    expect((await caller.call('viewStream', { body: view })).status).toBe(200);
  });

  it('decides about each kind: both microphone and camera for a stream of both', async () => {
    const { enter, conferenceId } = await startModeratedCall();
    const { caller, userEndpointId } = await enter({ permissions: { publish: ['MIC', 'SCREEN'] } });
    const statusOf = async (conferenceStreamType: string) => {
      const body = { conferenceId, userEndpointId, conferenceStreamType, sdpOffer: 'v=0' };
      return (await caller.call('publishStream', { body })).status;
    };
    expect([await statusOf('MIC'), await statusOf('SCREEN')]).toEqual([200, 200]);
    expect([await statusOf('CAM'), await statusOf('MIC_AND_CAM')]).toEqual([403, 403]);
  });

  it('may forbid viewing', async () => {
    const { enter, host, conferenceId, publish } = await startModeratedCall();
    const { caller, userEndpointId } = await enter({ permissions: { view: false } });
    const body = { conferenceId, userEndpointId, streamId: await publish(host), sdpOffer: 'v=0' };
    expect(await caller.call('viewStream', { body })).toMatchObject({ status: 403 });
  });

  it('may make a host of a guest, and takes that from a moderator whose ticket says so', async () => {
    const { enter, moderate } = await startModeratedCall();
    const coHost = await enter({ permissions: { moderate: true } });
    expect((await moderate('updateAdmission', { locked: true }, coHost)).status).toBe(204);
    expect((await moderate('updateAdmission', { locked: false }, coHost)).status).toBe(204);
    const none = await enter({ moderator: true, permissions: { moderate: false } });
    expect(await moderate('updateAdmission', { locked: true }, none)).toMatchObject({ status: 403 });
  });

  it('is refused with an unknown source, or a picture that is no https URL', async () => {
    const { service } = await startModeratedCall();
    for (const properties of [
      { permissions: { publish: ['NOSE'] } },
      { permissions: { view: 'yes' } },
      { verified: { picture: 'javascript:alert(1)' } },
      { verified: { name: '' } },
    ]) {
      const body = { type: 'MULTI_USE_TICKET', properties: { conference_id: 'c', ...properties } };
      expect(await service.call('createTicket', { body })).toMatchObject({ status: 400 });
    }
  });

  it('survives a renewal of the token', async () => {
    const { redeem, requestToken, conferenceId, service } = await startModeratedCall();
    const { ticket } = await redeem(listenOnly);
    const first = (await requestToken({ grant_type: 'password', username: ticket }, 'customer:')).body;
    const form = { grant_type: 'refresh_token', refresh_token: first.refresh_token ?? '' };
    const caller = new Caller(service.url, (await requestToken(form, 'customer:')).body);
    const userEndpointId = await caller.join(conferenceId);
    const body = { conferenceId, userEndpointId, conferenceStreamType: 'MIC', sdpOffer: 'v=0' };
    expect(await caller.call('publishStream', { body })).toMatchObject({ status: 403 });
  });
});

describe('what the issuer says about a guest', () => {
  it('is part of the state, apart from what the guest says', async () => {
    const { redeem, conferenceId, participant } = await startModeratedCall();
    const verified = { name: 'Dr Ada', picture: 'https://example.com/ada.png', role: 'doctor' };
    const { caller } = await redeem({ verified });
    const userEndpointId = await caller.join(conferenceId, {
      name: 'Batman',
      verified: { name: 'The boss' },
    });
    expect(await participant(userEndpointId)).toMatchObject({ verified, metadata: { name: 'Batman' } });
    const impostor = await (await redeem()).caller.join(conferenceId, { verified });
    expect(await participant(impostor)).not.toHaveProperty('verified');
  });
});

describe('changing permissions', () => {
  it('unpublishes what is no longer allowed and says who did it', async () => {
    const { enter, moderate, publish, participant, service, conferenceId, state, host, mediaRouter } =
      await startModeratedCall();
    const guest = await enter();
    const [mic, cam] = [await publish(guest, 'MIC'), await publish(guest, 'CAM')];
    const { version } = await state();
    const change = { participantId: guest.userEndpointId, permissions: { publish: ['MIC'] } };
    expect((await moderate('updatePermissions', change)).status).toBe(204);
    const left = await participant(guest.userEndpointId);
    expect(left).toMatchObject({ permissions: { publish: ['MIC'], view: true }, streams: [{ id: mic }] });
    expect([...mediaRouter.streams.keys()].join()).not.toContain(cam);
    expect(await service.events(conferenceId, version)).toMatchObject([
      {
        type: 'ConferenceMetadataUpdatedEvent',
        key: `PARLEY_PERMISSIONS/${guest.userEndpointId}`,
        userEndpointId: host.userEndpointId,
      },
      { type: 'ConferenceStreamUnpublishedEvent', streamId: cam },
    ]);
  });

  it('closes the views of one who may no longer view', async () => {
    const { enter, host, moderate, publish, conferenceId, mediaRouter } = await startModeratedCall();
    const guest = await enter();
    const streamId = await publish(host);
    const view = { conferenceId, userEndpointId: guest.userEndpointId, streamId, sdpOffer: 'v=0' };
    await guest.caller.do('viewStream', { body: view });
    const viewers = () => [...mediaRouter.views.values()].flatMap((ids) => [...ids]);
    expect(viewers()).toHaveLength(1);
    const change = { participantId: guest.userEndpointId, permissions: { view: false } };
    expect((await moderate('updatePermissions', change)).status).toBe(204);
    expect(viewers()).toEqual([]);
    expect(await guest.caller.call('viewStream', { body: view })).toMatchObject({ status: 403 });
  });

  it('applies to all endpoints of the user, and when the user joins again', async () => {
    const { enter, moderate, participant, conferenceId } = await startModeratedCall();
    const guest = await enter();
    const otherTab = await guest.caller.join(conferenceId);
    const change = { participantId: guest.userEndpointId, permissions: { publish: [] } };
    await moderate('updatePermissions', change);
    const again = await guest.caller.join(conferenceId);
    for (const id of [guest.userEndpointId, otherTab, again]) {
      expect((await participant(id))?.permissions?.publish).toEqual([]);
    }
  });

  it('gives rights, too: who becomes a moderator may moderate, until that is taken back', async () => {
    const { enter, moderate } = await startModeratedCall();
    const guest = await enter();
    const give = (isGiven: boolean) =>
      moderate('updatePermissions', {
        participantId: guest.userEndpointId,
        permissions: { moderate: isGiven },
      });
    const lock = async () => (await moderate('updateAdmission', { locked: true }, guest)).status;
    expect(await lock()).toBe(403);
    await give(true);
    expect(await lock()).toBe(204);
    await give(false);
    expect(await lock()).toBe(403);
  });

  it('of recording is for those who may record', async () => {
    const { enter, moderate } = await startModeratedCall();
    const coHost = await enter({ moderator: true });
    const change = { participantId: coHost.userEndpointId, permissions: { record: true } };
    expect(await moderate('updatePermissions', change, coHost)).toMatchObject({ status: 403 });
    expect((await moderate('updatePermissions', change)).status).toBe(204);
  });

  it('is for moderators only, and for participants who are there', async () => {
    const { enter, moderate, host } = await startModeratedCall();
    const guest = await enter();
    const toHost = { participantId: host.userEndpointId, permissions: { publish: [] } };
    expect(await moderate('updatePermissions', toHost, guest)).toMatchObject({ status: 403 });
    const toNobody = { participantId: 'nobody', permissions: {} };
    expect(await moderate('updatePermissions', toNobody)).toMatchObject({ status: 404 });
  });

  it('leaves no entry behind when the participant leaves', async () => {
    const { enter, moderate, conferenceId, state } = await startModeratedCall();
    const guest = await enter();
    await moderate('updatePermissions', {
      participantId: guest.userEndpointId,
      permissions: { send: false },
    });
    expect(Object.keys((await state()).metadata ?? {})).toHaveLength(1);
    await guest.caller.do('leave', { body: { conferenceId, userEndpointId: guest.userEndpointId } });
    expect((await state()).metadata).toEqual({});
  });
});
