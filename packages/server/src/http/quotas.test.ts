import { expect, it } from 'vitest';
import type { Limits } from '../limits/limits.ts';
import { startTestServer } from '../testing/test-server.ts';

function refusedBy(limit: keyof Limits): object {
  return {
    status: 400,
    body: { error: 'limit_exceeded', error_description: expect.stringContaining(`(${limit})`) },
  };
}

it('refuses endpoints, conferences, streams and views over the limits, until there is room', async () => {
  const { service } = await startTestServer({
    limits: {
      endpointsPerUser: 2,
      conferencesPerOrganization: 1,
      streamsPerParticipant: 1,
      viewsPerEndpoint: 1,
    },
  });
  const conferenceId = await service.create();
  expect(await service.call('create', { body: {} })).toMatchObject(refusedBy('conferencesPerOrganization'));
  const userEndpointId = await service.join(conferenceId);
  await service.register();
  expect(await service.call('registerUserEndpoint', { body: { keepAliveSeconds: 30 } })).toMatchObject(
    refusedBy('endpointsPerUser'),
  );

  const streamId = await service.publish(conferenceId, userEndpointId);
  const publishing = { conferenceId, userEndpointId, conferenceStreamType: 'CAM', sdpOffer: 'v=0' };
  expect(await service.call('publishStream', { body: publishing })).toMatchObject(
    refusedBy('streamsPerParticipant'),
  );
  const viewing = { conferenceId, userEndpointId, streamId, sdpOffer: 'v=0', viewerId: 'v-1' };
  await service.do('viewStream', { body: viewing });
  expect(await service.call('viewStream', { body: { ...viewing, viewerId: 'v-2' } })).toMatchObject(
    refusedBy('viewsPerEndpoint'),
  );
  expect((await service.call('viewStream', { body: viewing })).status).toBe(200);

  await service.do('end', { body: { conferenceId, userEndpointId } });
  expect((await service.call('create', { body: {} })).status).toBe(200);
});

it('never sets up media for a stream over the limit', async () => {
  const { service, mediaRouter } = await startTestServer({ limits: { streamsPerParticipant: 0 } });
  const conferenceId = await service.create();
  const userEndpointId = await service.join(conferenceId);
  mediaRouter.pause();
  const body = { conferenceId, userEndpointId, conferenceStreamType: 'CAM', sdpOffer: 'v=0' };
  expect(await service.call('publishStream', { body })).toMatchObject(refusedBy('streamsPerParticipant'));
  expect(mediaRouter.heldCount).toBe(0);
});

it('responds to bodies that are too large or too deep with the usual error body', async () => {
  const { service } = await startTestServer({ limits: { bodyBytes: 2_000, jsonEntries: 50 } });
  const body = { metadata: { a: 'x'.repeat(3_000) } };
  expect(await service.call('create', { body })).toMatchObject({
    status: 400,
    body: { error: 'invalid_request', error_description: expect.stringContaining('bodyBytes') },
  });
  const deep: unknown = JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`);
  expect(await service.call('create', { body: { deep } })).toMatchObject(refusedBy('jsonDepth'));
  expect(await service.call('create', { body: Array.from({ length: 51 }, () => 0) })).toMatchObject(
    refusedBy('jsonEntries'),
  );
});
