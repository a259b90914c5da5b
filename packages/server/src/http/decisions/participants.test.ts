import type { WireConference } from '@parley-rtc/contract';
import { describe, expect, it } from 'vitest';
import { anError } from '../../testing/an-error.ts';
import { startTestServer, type Caller } from '../../testing/test-server.ts';

/** The organization of a new conference whose command names one. */
async function organizationOf(caller: Caller, organizationId: string): Promise<unknown> {
  const id = await caller.create({ organizationId });
  return (await caller.do<WireConference>('getConference', { params: { id } })).organizationId;
}

describe('participants', () => {
  it('row 14: joining twice gives 422, no event and no version step', async () => {
    const { service } = await startTestServer();
    const conferenceId = await service.create();
    const body = { conferenceId, userEndpointId: await service.join(conferenceId) };
    expect(await service.call('join', { body })).toMatchObject(anError(422, 'already_joined'));
    const { version } = await service.do<WireConference>('getConference', { params: { id: conferenceId } });
    expect(version).toBe(1);
    expect(await service.events(conferenceId)).toHaveLength(2);
    await service.join(conferenceId);
  });

  it('row 33: a repeated leave, unpublish or end gives 404 and no event', async () => {
    const { service } = await startTestServer();
    const conferenceId = await service.create();
    const about = { conferenceId, userEndpointId: await service.join(conferenceId) };
    const streamId = await service.publish(conferenceId, about.userEndpointId);
    for (const [operationId, body] of [
      ['unpublishStream', { ...about, streamId }],
      ['leave', about],
      ['end', about],
    ] as const) {
      await service.do(operationId, { body });
      const events = await service.events(conferenceId);
      expect(await service.call(operationId, { body })).toMatchObject(anError(404, 'not_found'));
      expect(await service.events(conferenceId)).toEqual(events);
    }
    expect(await service.call('leave', { body: about })).toMatchObject(anError(404));
  });

  it('row 36: an endpoint is SICK after one missed deadline, HEALTHY when it returns, gone after three', async () => {
    const { service, clock } = await startTestServer();
    const conferenceId = await service.create();
    const userEndpointId = await service.register(10);
    await service.do('join', { body: { conferenceId, userEndpointId } });
    await service.publish(conferenceId, userEndpointId, 'MIC');
    clock.advance(10_000);
    await service.do('keepAliveUserEndpoint', { body: { userEndpointId } });
    clock.advance(30_000);
    const told = (await service.events(conferenceId, 2)).map(({ type, ...event }) => [
      event.conferenceVersion,
      type,
      (event as { readonly state?: string }).state,
    ]);
    expect(told).toEqual([
      [2, 'ConferenceParticipantStateChangedEvent', 'SICK'],
      [3, 'ConferenceParticipantStateChangedEvent', 'HEALTHY'],
      [4, 'ConferenceParticipantStateChangedEvent', 'SICK'],
      [5, 'ConferenceStreamUnpublishedEvent', undefined],
      [6, 'ConferenceLeftEvent', undefined],
    ]);
    const dead = await service.call('keepAliveUserEndpoint', { body: { userEndpointId } });
    expect(dead).toMatchObject(anError(404));
  });
});

describe('views', () => {
  it('row 12: a viewer names its own endpoint or the publisher’s; any other gives 403, and the viewer must have joined', async () => {
    const { service, guest } = await startTestServer();
    const conferenceId = await service.create();
    const publisher = await service.join(conferenceId);
    const streamId = await service.publish(conferenceId, publisher);
    const viewer = await guest(conferenceId);
    const third = await guest(conferenceId);
    const stranger = await third.join(conferenceId);
    const view = (userEndpointId: string) =>
      viewer.call('viewStream', {
        body: { conferenceId, userEndpointId, streamId, viewerId: 'v', sdpOffer: 'v=0' },
      });
    expect(await view(publisher)).toMatchObject(anError(400, 'not_joined'));
    const own = await viewer.join(conferenceId);
    for (const named of [own, publisher]) {
      expect((await view(named)).status).toBe(200);
      const body = { conferenceId, userEndpointId: named, streamId, viewerId: 'v' };
      const candidates = { ...body, iceCandidates: [] };
      expect((await viewer.call('addViewStreamIceCandidates', { body: candidates })).status).toBe(204);
      expect((await viewer.call('stopViewStream', { body })).status).toBe(204);
    }
    expect(await view(stranger)).toMatchObject(anError(403, 'forbidden'));
  });

  it('row 32: stopping a missing view gives 404', async () => {
    const { service } = await startTestServer();
    const conferenceId = await service.create();
    const userEndpointId = await service.join(conferenceId);
    const streamId = await service.publish(conferenceId, userEndpointId);
    for (const viewerId of ['nobody', userEndpointId]) {
      const body = { conferenceId, userEndpointId, streamId, viewerId };
      expect(await service.call('stopViewStream', { body })).toMatchObject(anError(404, 'not_found'));
    }
  });

  it('row 34: an empty list of candidates, and the empty candidate that ends them, are accepted', async () => {
    const { service, mediaRouter } = await startTestServer();
    const conferenceId = await service.create();
    const about = { conferenceId, userEndpointId: await service.join(conferenceId) };
    const streamId = await service.publish(conferenceId, about.userEndpointId);
    await service.do('viewStream', { body: { ...about, streamId, viewerId: 'v', sdpOffer: 'v=0' } });
    for (const iceCandidates of [
      [],
      [{ candidate: '' }],
      [{ candidate: '', sdpMid: null, sdpMLineIndex: null }],
    ]) {
      const body = { ...about, streamId, viewerId: 'v', iceCandidates };
      expect((await service.call('addPublishStreamIceCandidates', { body })).status).toBe(204);
      expect((await service.call('addViewStreamIceCandidates', { body })).status).toBe(204);
    }
    expect(mediaRouter.candidates.every(({ candidate }) => candidate === '')).toBe(true);
  });

  it('row 35: candidates of an unknown stream or view give 404', async () => {
    const { service } = await startTestServer();
    const conferenceId = await service.create();
    const about = { conferenceId, userEndpointId: await service.join(conferenceId), iceCandidates: [] };
    const unknown = { ...about, streamId: 'gone', viewerId: 'v' };
    expect(await service.call('addPublishStreamIceCandidates', { body: unknown })).toMatchObject(
      anError(404),
    );
    expect(await service.call('addViewStreamIceCandidates', { body: unknown })).toMatchObject(anError(404));
    const streamId = await service.publish(conferenceId, about.userEndpointId);
    const body = { ...unknown, streamId };
    expect(await service.call('addViewStreamIceCandidates', { body })).toMatchObject(anError(404));
  });
});

describe('permissions', () => {
  it('row 27: organizationId counts only for SERVICE, and must be the token’s', async () => {
    const { service, login } = await startTestServer();
    const user = await login('user');
    expect(await organizationOf(user, 'o-2')).toBe('o-1');
    expect(await organizationOf(service, 'o-1')).toBe('o-1');
    expect(await service.call('create', { body: { organizationId: 'o-2' } })).toMatchObject(anError(403));
  });

  it('row 28: another user’s endpoint gives 403, an unregistered one 404, one outside 400', async () => {
    const { service, login } = await startTestServer();
    const user = await login('user');
    const conferenceId = await service.create();
    const act = (caller: Caller, userEndpointId: string) =>
      caller.call('updateParticipantMetadata', { body: { conferenceId, userEndpointId, newMetadata: {} } });
    expect(await act(user, await service.join(conferenceId))).toMatchObject(anError(403, 'forbidden'));
    expect(await act(user, 'nobody')).toMatchObject(anError(404, 'not_found'));
    expect(await act(user, await user.register())).toMatchObject(anError(400, 'not_joined'));
  });

  it('row 29: only the creator, SERVICE and AGENT may end a conference', async () => {
    const clients = (['SERVICE', 'AGENT', 'USER'] as const).map((role) => ({
      id: role,
      secret: 'secret',
      roles: [role],
      organizationId: 'o-1',
    }));
    const { login } = await startTestServer({
      clients: [...clients, { id: 'service', secret: 'secret', roles: ['USER'], organizationId: 'o-1' }],
    });
    const creator = await login('service');
    const statusFor = async (caller: Caller): Promise<number> => {
      const conferenceId = await creator.create();
      const body = { conferenceId, userEndpointId: await caller.register() };
      return (await caller.call('end', { body })).status;
    };
    expect(await statusFor(creator)).toBe(204);
    expect(await statusFor(await login('SERVICE'))).toBe(204);
    expect(await statusFor(await login('AGENT'))).toBe(204);
    expect(await statusFor(await login('USER'))).toBe(403);
  });

  it('row 37: unknown fields are ignored, and so are userId and creator in the body', async () => {
    const { service } = await startTestServer();
    const conferenceId = await service.create({ creator: 'mallory', anything: { goes: true } });
    const userEndpointId = await service.register();
    await service.do('join', { body: { conferenceId, userEndpointId, userId: 'mallory' } });
    expect(await service.do('getConference', { params: { id: conferenceId } })).toMatchObject({
      creator: 'service',
      participants: [{ id: userEndpointId, userId: 'service' }],
    });
  });

  it('row 39: tokens come by client_credentials, by password with a ticket, and by refresh_token', async () => {
    const { service, requestToken } = await startTestServer();
    const machine = { grant_type: 'client_credentials', client_id: 'service', client_secret: 'secret' };
    expect((await requestToken(machine)).status).toBe(200);
    const { id: ticket } = await service.do<{ readonly id: string }>('createTicket', {
      body: { type: 'MULTI_USE_TICKET', properties: { conference_id: 'c' } },
    });
    const guest = await requestToken({ grant_type: 'password', ticket }, 'customer:');
    expect(guest).toMatchObject({ status: 200, body: { conference_id: 'c' } });
    const renewal = { grant_type: 'refresh_token', refresh_token: guest.body.refresh_token ?? '' };
    expect((await requestToken(renewal, 'customer:')).body).toMatchObject({ sub: guest.body.sub });
    expect((await requestToken({ grant_type: 'password', ticket: 'NONE' }, 'customer:')).status).toBe(400);
  });

  it('row 42: participants, the creator and SERVICE may set the interaction, with or without an endpoint', async () => {
    const { service, login, guest } = await startTestServer();
    const user = await login('user');
    const conferenceId = await user.create();
    const body = { conferenceId, interactionId: 'i' };
    const outsider = await guest(conferenceId);
    expect(await outsider.call('setInteraction', { body })).toMatchObject(anError(403, 'forbidden'));
    const userEndpointId = await outsider.join(conferenceId);
    for (const [caller, command] of [
      [outsider, { ...body, userEndpointId }],
      [user, body],
      [service, body],
    ] as const) {
      expect((await caller.call('setInteraction', { body: command })).status).toBe(204);
    }
  });
});
