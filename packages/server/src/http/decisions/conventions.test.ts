import type { WireConference } from '@parley-rtc/contract';
import { expect, it } from 'vitest';
import { Caller, startTestServer } from '../../testing/test-server.ts';

it('row 44: metadata keys with a fixed meaning belong to the creator, moderators and the publisher', async () => {
  const { service, guest, login, requestToken, url } = await startTestServer();
  const conferenceId = await service.create();
  const staffEndpoint = await service.join(conferenceId);
  const streamId = await service.publish(conferenceId, staffEndpoint);
  const customer = await guest(conferenceId);
  const user = await login('user');
  const ticket = await service.do<{ readonly id: string }>('createTicket', {
    body: { type: 'MULTI_USE_TICKET', properties: { conference_id: conferenceId, moderator: true } },
  });
  const redeemed = await requestToken({ grant_type: 'password', username: ticket.id }, 'customer:');
  const moderator = new Caller(url, redeemed.body);
  const endpointOf = new Map([[service, staffEndpoint]]);
  for (const caller of [customer, user, moderator]) endpointOf.set(caller, await caller.join(conferenceId));
  const write = async (caller: Caller, key: string, operation: string): Promise<number> => {
    const body = { conferenceId, userEndpointId: endpointOf.get(caller), key, operation, value: '0' };
    return (await caller.call('updateMetadata', { body })).status;
  };

  for (const key of ['participant_limit', 'ON_HOLD', 'RECORDER']) {
    for (const caller of [customer, user]) {
      expect([key, await write(caller, key, 'SET')]).toEqual([key, 403]);
      expect([key, await write(caller, key, 'REMOVE')]).toEqual([key, 204]);
    }
    for (const caller of [service, moderator]) {
      expect([key, await write(caller, key, 'SET')]).toEqual([key, 204]);
      expect([key, await write(customer, key, 'REMOVE')]).toEqual([key, 403]);
      expect([key, await write(caller, key, 'REMOVE')]).toEqual([key, 204]);
    }
  }
  const mute = `TRACK_MUTED/video/${streamId}`;
  for (const caller of [customer, user]) expect(await write(caller, mute, 'SET')).toBe(403);
  expect(await write(moderator, mute, 'SET')).toBe(204);
  for (const caller of [customer, user, moderator]) expect(await write(caller, mute, 'REMOVE')).toBe(403);
  expect(await write(service, mute, 'REMOVE')).toBe(204);
  // A stream that starts muted: the entry belongs to its author.
  expect(await write(customer, 'TRACK_MUTED/audio/not-yet', 'SET')).toBe(204);
  expect(await write(user, 'TRACK_MUTED/audio/not-yet', 'REMOVE')).toBe(403);
  expect(await write(customer, 'TRACK_MUTED/audio/not-yet', 'REMOVE')).toBe(204);

  const own = await customer.publish(conferenceId, endpointOf.get(customer) ?? '');
  const key = `TRACK_MUTED/audio/${own}`;
  expect(await write(customer, key, 'SET')).toBe(204);
  expect(await write(user, key, 'REMOVE')).toBe(403);
  const about = { conferenceId, userEndpointId: endpointOf.get(customer) };
  await customer.do('unpublishStream', { body: { ...about, streamId: own } });
  expect(await service.do<WireConference>('getConference', { params: { id: conferenceId } })).toMatchObject({
    metadata: {},
  });
  expect((await service.events(conferenceId, 0)).slice(-2)).toMatchObject([
    { type: 'ConferenceStreamUnpublishedEvent', streamId: own },
    { type: 'ConferenceMetadataUpdatedEvent', operation: 'REMOVE', key, userId: customer.userId },
  ]);
});

it('row 45: the same publishStream again gets the same answer, and no event', async () => {
  const { service } = await startTestServer();
  const conferenceId = await service.create();
  const userEndpointId = await service.join(conferenceId);
  const body = {
    conferenceId,
    userEndpointId,
    streamId: 's-1',
    conferenceStreamType: 'MIC',
    sdpOffer: 'v=0',
  };
  const first = await service.do('publishStream', { body });
  const history = await service.events(conferenceId, 0);
  expect(await service.do('publishStream', { body })).toEqual(first);
  expect(await service.events(conferenceId, 0)).toEqual(history);
  for (const other of [{ sdpOffer: 'v=0 other' }, { conferenceStreamType: 'CAM' }]) {
    expect(await service.call('publishStream', { body: { ...body, ...other } })).toMatchObject({
      status: 400,
      body: { error: 'already_exists' },
    });
  }
  const elsewhere = await service.join(conferenceId);
  expect((await service.call('publishStream', { body: { ...body, userEndpointId: elsewhere } })).status).toBe(
    400,
  );
});

it('row 46: a login ends with its conference or its ticket, and by revocation', async () => {
  const { service, requestToken, url } = await startTestServer();
  const conferenceId = await service.create();
  const { id } = await service.do<{ readonly id: string }>('createTicket', {
    body: { type: 'MULTI_USE_TICKET', properties: { conference_id: conferenceId } },
  });
  const logIn = async () => (await requestToken({ grant_type: 'password', username: id }, 'customer:')).body;
  const [one, other] = [await logIn(), await logIn()];
  const statusOf = async (login: typeof one) => (await new Caller(url, login).call('getIceServers')).status;
  await service.do('revokeUser', { body: { userId: one.sub } });
  expect([await statusOf(one), await statusOf(other)]).toEqual([401, 200]);
  const userEndpointId = await service.register();
  await service.do('end', { body: { conferenceId, userEndpointId } });
  const form = { grant_type: 'refresh_token', refresh_token: other.refresh_token ?? '' };
  expect((await requestToken(form, 'customer:')).status).toBe(400);
  const third = await logIn();
  await service.do('revokeTicket', { params: { id } });
  expect(await statusOf(third)).toBe(401);
});
