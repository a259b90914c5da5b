import { expect, it } from 'vitest';
import { startTestServer } from '../testing/test-server.ts';

it('announces that an endpoint is sick, healthy again, and gone with its streams', async () => {
  const { service, guest, clock, mediaRouter } = await startTestServer();
  const conferenceId = await service.create();
  const customer = await guest(conferenceId);
  const userEndpointId = await customer.register(10);
  await customer.do('join', { body: { conferenceId, userEndpointId } });
  await customer.publish(conferenceId, userEndpointId);
  await customer.publish(conferenceId, userEndpointId, 'SCREEN');

  clock.advance(10_000);
  expect(await service.events(conferenceId, 3)).toMatchObject([
    { type: 'ConferenceParticipantStateChangedEvent', conferenceVersion: 3, userEndpointId, state: 'SICK' },
  ]);
  await customer.do('keepAliveUserEndpoint', { body: { userEndpointId } });
  expect(await service.events(conferenceId, 4)).toMatchObject([{ conferenceVersion: 4, state: 'HEALTHY' }]);

  clock.advance(10_000);
  expect(mediaRouter.streams.size).toBe(2);
  expect(await service.events(conferenceId, 5)).toMatchObject([{ conferenceVersion: 5, state: 'SICK' }]);
  clock.advance(20_000);
  await expect.poll(() => mediaRouter.streams.size).toBe(0);
  expect(await service.events(conferenceId, 6)).toMatchObject([
    {
      type: 'ConferenceStreamUnpublishedEvent',
      conferenceVersion: 6,
      userId: customer.userId,
      userEndpointId,
    },
    { type: 'ConferenceStreamUnpublishedEvent', conferenceVersion: 7, streamType: 'SCREEN' },
    { type: 'ConferenceLeftEvent', conferenceVersion: 8, userId: customer.userId, userEndpointId },
  ]);
  const body = { userEndpointId };
  expect((await customer.call('keepAliveUserEndpoint', { body })).status).toBe(404);
});

it('counts a parked poll as a sign of life until it ends', async () => {
  const { service, clock } = await startTestServer();
  const conferenceId = await service.create();
  const userEndpointId = await service.register(10);
  await service.do('join', { body: { conferenceId, userEndpointId } });
  const before = clock.timerCount;
  const poll = service.events(conferenceId, 1);
  await expect.poll(() => clock.timerCount).toBe(before + 1);
  clock.advance(20_000);
  expect(await poll).toEqual([]);
  clock.advance(9_999);
  const params = { id: conferenceId };
  expect(await service.do('getConference', { params })).toMatchObject({ version: 1 });
  clock.advance(1);
  expect(await service.do('getConference', { params })).toMatchObject({ participants: [{ state: 'SICK' }] });
  expect(await service.events(conferenceId, 1)).toMatchObject([{ state: 'SICK' }, { state: 'HEALTHY' }]);
});
