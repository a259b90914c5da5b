import { expect, it } from 'vitest';
import { startTestServer } from '../../testing/test-server.ts';

/** The participant metadata of the official iOS client. */
const metadata = {
  roles: ['CUSTOMER'],
  capabilities: ['display-capture'],
  language: 'en',
  type: 'stream',
  mediaDevices: [{ deviceId: 'd', kind: 'videoinput', label: 'Front Camera', groupId: 'g' }],
  name: null,
  avatarUrl: null,
  deviceInfo: {
    browser: { name: 'iOS', version: '1.4.0', major: '1' },
    os: { name: 'iOS', version: '17' },
    ua: 'AuviousSDK',
  },
};
const sdpOffer = 'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=sendrecv\r\n';
const iceCandidates = [
  { candidate: 'candidate:1 1 udp 1 127.0.0.1 9 typ host', sdpMid: 'audio', sdpMLineIndex: 0 },
];

it('serves a whole call of the official iOS client, request by request as that client writes them', async () => {
  const { service, requestToken, url } = await startTestServer();
  const conferenceId = await service.create({ metadata: { participant_limit: '8' } });
  const publisherEndpoint = await service.join(conferenceId);
  const remoteStreamId = await service.publish(conferenceId, publisherEndpoint);
  const { id: ticket } = await service.do<{ readonly id: string }>('createTicket', {
    body: { type: 'MULTI_USE_TICKET', properties: { conference_id: conferenceId } },
  });

  // Log in: the ticket as user name, any password, and a client without a secret.
  const login = await requestToken({ grant_type: 'password', username: ticket, password: 'x' }, 'customer:');
  const { access_token: token, sub: userId, conference_id: opened } = login.body;
  expect(opened).toBe(conferenceId);
  const post = async (path: string, body: object) => {
    const answer = await fetch(`${url}/rtc-api/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  };
  const authorization = { headers: { authorization: `Bearer ${token}` } };
  const ice = (await (await fetch(`${url}/rtc-api/iceServers`, authorization)).json()) as object;
  expect(ice).toEqual({ iceServers: [] });

  // Register an endpoint: the client's own id, the older path, and an object as the response.
  const userEndpointId = '5B1C5F0E-1111-4222-8333-ABCDEFABCDEF';
  const who = { userEndpointId, userId };
  expect(await post('users/endpoints/register', { keepAliveSeconds: 15, ...who })).toEqual({
    status: 200,
    body: { id: userEndpointId },
  });
  expect((await post('users/endpoints/keepalive', who)).status).toBe(204);

  // Join; publish with an offer that receives as well, and with an empty first batch of candidates.
  const about = { conferenceId, ...who };
  expect((await post('conferences/join', { ...about, metadata })).status).toBe(200);
  const streamId = 'A7C5F0E0-1111-4222-8333-ABCDEFABCDEF';
  const published = await post('conferences/publishStream', {
    ...about,
    conferenceStreamType: 'MIC_AND_CAM',
    sdpOffer,
    streamId,
    metadata: {
      correlationId: streamId,
      primary: true,
      portraitMode: false,
      participantRoles: ['CUSTOMER'],
      participantName: null,
    },
  });
  expect(published).toMatchObject({ status: 200, body: { streamId, sdpAnswer: expect.any(String) } });
  for (const batch of [[], iceCandidates]) {
    const candidates = { ...about, streamId, iceCandidates: batch };
    expect((await post('conferences/addPublishStreamIceCandidates', candidates)).status).toBe(204);
  }

  // View with the publisher's endpoint and user; stop with the viewer's own endpoint as viewer id.
  const view = {
    conferenceId,
    userEndpointId: publisherEndpoint,
    userId: 'service',
    streamId: remoteStreamId,
  };
  const viewed = await post('conferences/viewStream', { ...view, sdpOffer, viewerId: 'V-1' });
  expect(viewed).toMatchObject({ status: 200, body: { viewerId: 'V-1' } });
  const candidates = { ...view, viewerId: 'V-1', iceCandidates };
  expect((await post('conferences/addViewStreamIceCandidates', candidates)).status).toBe(204);
  expect((await post('conferences/stopViewStream', { ...view, viewerId: userEndpointId })).status).toBe(404);

  // Mute and unmute, portrait, leave, log out.
  const key = `TRACK_MUTED/audio/${streamId}`;
  for (const change of [
    { operation: 'SET', key, value: 'true' },
    { operation: 'REMOVE', key, value: 'false' },
  ]) {
    expect((await post('conferences/updateMetadata', { ...about, ...change })).status).toBe(204);
  }
  const portrait = { ...about, streamId, newMetadata: { portraitMode: true } };
  expect((await post('conferences/updateStreamMetadata', portrait)).status).toBe(204);
  expect((await post('conferences/unpublishStream', { ...about, streamId })).status).toBe(204);
  expect((await post('conferences/leave', { ...about, reason: 'left' })).status).toBe(204);
  expect((await post('conferences/leave', { ...about, reason: 'left' })).status).toBe(404);
  expect((await post('users/endpoints/unregister', { ...who, reason: 'User logout' })).status).toBe(204);

  // Every version is one event, without gaps; otherwise the client stalls.
  const versions = (await service.events(conferenceId, 0)).map((event) => event.conferenceVersion);
  expect(versions).toEqual([...versions.keys()]);
});

it('lets the iOS client create and end a conference with its extra fields', async () => {
  const { service } = await startTestServer();
  const userEndpointId = await service.register();
  const conferenceId = '0FB1C5F0-1111-4222-8333-ABCDEFABCDEF';
  const created = await service.call('create', {
    body: { conferenceId, creator: 'somebody', creatorEndpoint: userEndpointId, mode: 'ROUTER', userId: 'x' },
  });
  expect(created).toMatchObject({ status: 200, body: { id: conferenceId } });
  const body = { conferenceId, userEndpointId, userId: 'x', reason: 'ended' };
  expect((await service.call('end', { body })).status).toBe(204);
});
