import { decodeEvent, type WireConference, type WireEvent, type WireSimpleView } from '@parley-rtc/contract';
import { describe, expect, it } from 'vitest';
import { checkEvent } from '../testing/answer-schemas.ts';
import { startTestServer } from '../testing/test-server.ts';

// The caller (testing/test-server.ts) checks status and body of every response against the API document.

describe('a conference of two', () => {
  it('runs through all operations with the documented statuses and one version per event', async () => {
    const { service: agent, guest, mediaRouter } = await startTestServer();
    const created = await agent.call('create', {
      body: { interactionId: 'i-0', metadata: { topic: 'demo' }, creator: 'ignored' },
    });
    expect(created).toMatchObject({ status: 200, body: { version: 0, mode: 'ROUTER' } });
    const { id: conferenceId } = created.body as { id: string };
    const customer = await guest(conferenceId);

    const agentEndpoint = await agent.register();
    const joined = await agent.call('join', {
      body: { conferenceId, userEndpointId: agentEndpoint, metadata: { name: 'Ada', avatarUrl: null } },
    });
    expect(joined).toMatchObject({ status: 200, body: { id: conferenceId, version: 1, mode: 'ROUTER' } });
    const customerEndpoint = await customer.join(conferenceId);
    const asAgent = { conferenceId, userEndpointId: agentEndpoint };
    const asCustomer = { conferenceId, userEndpointId: customerEndpoint };

    const published = await agent.call('publishStream', {
      body: {
        ...asAgent,
        streamId: 's-1',
        conferenceStreamType: 'MIC_AND_CAM',
        sdpOffer: 'v=0',
        videoBitrate: 0,
      },
    });
    expect(published).toMatchObject({
      status: 200,
      body: { streamId: 's-1', sdpAnswer: expect.stringContaining('v=0') },
    });
    const iceCandidates = [
      { candidate: 'candidate:1 1 udp 1 127.0.0.1 9 typ host', sdpMid: '0' },
      { candidate: '' },
    ];
    const noContent = async (operationId: string, caller: typeof agent, body: object): Promise<void> => {
      expect((await caller.call(operationId, { body })).status).toBe(204);
    };
    await noContent('addPublishStreamIceCandidates', agent, { ...asAgent, streamId: 's-1', iceCandidates });
    await noContent('addPublishStreamIceCandidates', agent, {
      ...asAgent,
      streamId: 's-1',
      iceCandidates: [],
    });
    const viewed = await customer.call('viewStream', {
      body: { ...asCustomer, streamId: 's-1', viewerId: 'v-1', sdpOffer: 'v=0', metadata: { why: 'test' } },
    });
    expect(viewed).toMatchObject({ status: 200, body: { viewerId: 'v-1' } });
    const view = { ...asCustomer, streamId: 's-1', viewerId: 'v-1' };
    await noContent('addViewStreamIceCandidates', customer, { ...view, iceCandidates });
    expect(mediaRouter.candidates).toEqual([...iceCandidates, ...iceCandidates]);

    const mute = { ...asAgent, operation: 'SET', key: 'TRACK_MUTED/audio/s-1', value: 'true' };
    await noContent('updateMetadata', agent, mute);
    await noContent('updateMetadata', agent, { ...asAgent, operation: 'REMOVE', key: 'not there' });
    await noContent('updateParticipantMetadata', customer, { ...asCustomer, newMetadata: { name: 'Bob' } });
    await noContent('updateStreamMetadata', agent, {
      ...asAgent,
      streamId: 's-1',
      newMetadata: { portraitMode: true },
    });
    await noContent('updatePublishedStreamBitrate', agent, {
      ...asAgent,
      streamId: 's-1',
      videoBitrate: 300_000,
    });
    expect([...mediaRouter.videoBitrates.values()]).toEqual([300_000]);
    await noContent('setInteraction', agent, { ...asAgent, interactionId: 'i-1' });
    const sent = await agent.call('sendEvent', {
      body: { conferenceId, event: { type: 'DocumentSignedEvent', timestamp: '2026-01-05T10:00:00Z' } },
    });
    expect(sent).toMatchObject({ status: 200, body: { eventsSent: 2 } });

    const whole = await agent.do<WireConference>('getConference', { params: { id: conferenceId } });
    expect(whole).toMatchObject({
      id: conferenceId,
      organizationId: 'o-1',
      interactionId: 'i-1',
      creator: 'service',
      empty: false,
      version: 8,
      metadata: {
        topic: { value: 'demo' },
        'TRACK_MUTED/audio/s-1': { value: 'true', userEndpointId: agentEndpoint },
      },
      participants: [
        {
          id: agentEndpoint,
          userId: 'service',
          state: 'HEALTHY',
          metadata: { name: 'Ada', avatarUrl: null },
          streams: [
            { id: 's-1', type: 'MIC_AND_CAM', metadata: { portraitMode: true }, videoBitrate: 300_000 },
          ],
        },
        { id: customerEndpoint, userId: customer.userId, metadata: { name: 'Bob' }, streams: [] },
      ],
    });
    const simple = await customer.do<WireSimpleView>('getSimpleView', { params: { id: conferenceId } });
    expect(simple).toMatchObject({
      version: 8,
      participants: [{ id: 'service', endpoints: [{ id: agentEndpoint }] }, { id: customer.userId }],
    });
    expect(await agent.do('getActive')).toEqual([whole]);

    await noContent('stopViewStream', customer, view);
    await noContent('unpublishStream', agent, { ...asAgent, streamId: 's-1' });
    expect(mediaRouter.streams.size).toBe(0);
    await noContent('leave', customer, { ...asCustomer, reason: 'bye' });
    await noContent('end', agent, { ...asAgent, reason: 'done' });
    expect(await agent.do('getActive')).toEqual([]);

    const history = await agent.events(conferenceId);
    expect(history.map(({ type, conferenceVersion }) => [conferenceVersion, type])).toEqual([
      [null, 'ConferenceCreatedEvent'],
      [0, 'ConferenceJoinedEvent'],
      [1, 'ConferenceJoinedEvent'],
      [2, 'ConferenceStreamPublishedEvent'],
      [3, 'ConferenceMetadataUpdatedEvent'],
      [4, 'ConferenceParticipantMetadataUpdatedEvent'],
      [5, 'ConferenceStreamMetadataUpdatedEvent'],
      [6, 'ConferenceStreamBitrateUpdatedEvent'],
      [7, 'ConferenceInteractionIdSetEvent'],
      [8, 'ConferenceStreamUnpublishedEvent'],
      // The stream was muted.
      [9, 'ConferenceMetadataUpdatedEvent'],
      [10, 'ConferenceLeftEvent'],
      [11, 'ConferenceEndedEvent'],
    ]);
    expectWellFormed(history, conferenceId);
  });
});

describe('user endpoints', () => {
  it('are registered by both paths, kept alive and unregistered', async () => {
    const { service } = await startTestServer();
    expect(
      await service.call('registerUserEndpoint', { body: { userEndpointId: 'mine', keepAliveSeconds: 15 } }),
    ).toMatchObject({ status: 200, body: 'mine' });
    const legacy = { keepAliveSeconds: 15, userEndpointId: 'mine too', userId: 'ignored' };
    expect(await service.call('registerUserEndpointLegacy', { body: legacy })).toMatchObject({
      status: 200,
      body: { id: 'mine too' },
    });
    const body = { userEndpointId: 'mine', userId: 'ignored' };
    expect((await service.call('keepAliveUserEndpoint', { body })).status).toBe(204);
    expect((await service.call('unregisterUserEndpoint', { body })).status).toBe(204);
    expect((await service.call('keepAliveUserEndpoint', { body })).status).toBe(404);
    expect((await service.call('unregisterUserEndpoint', { body })).status).toBe(404);
  });

  it('leave every conference when unregistered, and their media stop', async () => {
    const { service, mediaRouter } = await startTestServer();
    const conferenceId = await service.create();
    const userEndpointId = await service.join(conferenceId);
    await service.publish(conferenceId, userEndpointId);
    expect(mediaRouter.streams.size).toBe(1);
    await service.do('unregisterUserEndpoint', { body: { userEndpointId, reason: 'User logout' } });
    expect(await service.events(conferenceId, 2)).toMatchObject([
      { type: 'ConferenceStreamUnpublishedEvent', conferenceVersion: 2 },
      { type: 'ConferenceLeftEvent', conferenceVersion: 3, reason: 'User logout' },
    ]);
    expect(mediaRouter.streams.size).toBe(0);
  });
});

describe('ICE servers', () => {
  it('are empty by default, otherwise as configured', async () => {
    const { service } = await startTestServer();
    expect(await service.do('getIceServers')).toEqual({ iceServers: [] });
    const iceServers = [{ urls: ['turn:turn.example.com'], username: 'u', credential: 'c' }];
    const configured = await startTestServer({ iceServers });
    expect(await configured.service.do('getIceServers')).toEqual({ iceServers });
  });
});

/**
 * Checks that the event fits its schema, is known to the contract, names its user, and has a unique id and the
 * documented timestamp.
 */
function expectWellFormed(history: readonly WireEvent[], conferenceId: string): void {
  for (const event of history) {
    checkEvent(event);
    expect(decodeEvent(event).type).toBe(event.type);
    expect(event).toMatchObject({ conferenceId, organizationId: 'o-1', userId: expect.any(String) });
    expect(event.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  }
  for (const event of history.slice(1)) expect(event.userEndpointId).toEqual(expect.any(String));
  expect(new Set(history.map(({ id }) => id)).size).toBe(history.length);
}
