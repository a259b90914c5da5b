import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRtcApi } from './create-rtc-api.ts';
import { InvalidOptionsError } from './errors/api-errors.ts';
import type { RtcApi } from './rtc-api.ts';
import { startHttpTestServer, type HttpTestServer } from './testing/http-test-server.ts';
import { rejection } from './testing/rejection.ts';

let server: HttpTestServer;
let api: RtcApi;

beforeAll(async () => {
  server = await startHttpTestServer();
  api = createRtcApi({ server: server.url, token: 'secret-1' });
});
beforeEach(() => {
  server.requests.length = 0;
});
afterAll(async () => server.close());

const conferenceId = 'c-1';
const userEndpointId = 'ep-1';
const streamId = 's-1';
const own = { conferenceId, userEndpointId };
const iceCandidates = [
  { candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host', sdpMid: '0', sdpMLineIndex: 0 },
];
const event = { type: 'ShopOpenedEvent', timestamp: '2026-01-05T10:00:00.123Z' };

/** A command of one POST operation, its path, and the server's response. */
type Post<Name extends keyof RtcApi> = [Parameters<RtcApi[Name]>[0], path: string, answer?: object | string];
type PostName = {
  [Name in keyof RtcApi]: Parameters<RtcApi[Name]>[0] extends object ? Name : never;
}[Exclude<keyof RtcApi, 'getActive' | 'getIceServers'>];

const posts: { [Name in PostName]: Post<Name> } = {
  create: [{ mode: 'ROUTER' }, '/rtc-api/conferences/create', { id: conferenceId }],
  join: [{ ...own, metadata: { name: 'Ada' } }, '/rtc-api/conferences/join', { id: conferenceId }],
  enter: [
    { ...own, keepAliveSeconds: 15, metadata: { name: 'Ada' } },
    '/rtc-api/conferences/enter',
    { userEndpointId, conference: { id: conferenceId } },
  ],
  leave: [{ ...own, reason: 'done' }, '/rtc-api/conferences/leave'],
  end: [{ ...own, reason: 'done' }, '/rtc-api/conferences/end'],
  publishStream: [
    { ...own, streamId, conferenceStreamType: 'MIC_AND_CAM', sdpOffer: 'v=0' },
    '/rtc-api/conferences/publishStream',
    { streamId, sdpAnswer: 'v=0' },
  ],
  unpublishStream: [{ ...own, streamId }, '/rtc-api/conferences/unpublishStream'],
  viewStream: [
    { ...own, streamId, viewerId: 'v-1', sdpOffer: 'v=0' },
    '/rtc-api/conferences/viewStream',
    { viewerId: 'v-1', sdpAnswer: 'v=0' },
  ],
  updateViewStream: [
    { ...own, streamId, viewerId: 'v-1', video: { maxHeightPx: 360 } },
    '/rtc-api/conferences/updateViewStream',
  ],
  stopViewStream: [{ ...own, streamId, viewerId: 'v-1' }, '/rtc-api/conferences/stopViewStream'],
  addPublishStreamIceCandidates: [
    { ...own, streamId, iceCandidates },
    '/rtc-api/conferences/addPublishStreamIceCandidates',
  ],
  addViewStreamIceCandidates: [
    { ...own, streamId, viewerId: 'v-1', iceCandidates },
    '/rtc-api/conferences/addViewStreamIceCandidates',
  ],
  updatePublishedStreamBitrate: [
    { ...own, streamId, videoBitrate: 500_000 },
    '/rtc-api/conferences/updatePublishedStreamBitrate',
  ],
  updateMetadata: [
    { ...own, operation: 'SET', key: 'TRACK_MUTED/audio/s-1', value: 'true' },
    '/rtc-api/conferences/updateMetadata',
  ],
  updateParticipantMetadata: [
    { ...own, newMetadata: { name: 'Αθηνά', tags: [null, 1, true] } },
    '/rtc-api/conferences/updateParticipantMetadata',
  ],
  updateStreamMetadata: [
    { ...own, streamId, newMetadata: { portraitMode: true } },
    '/rtc-api/conferences/updateStreamMetadata',
  ],
  setInteraction: [{ ...own, interactionId: 'i-1' }, '/rtc-api/conferences/interaction'],
  sendEvent: [
    { conferenceId, event, qos: 'BEST_EFFORT' },
    '/rtc-api/conferences/sendEvent',
    { eventsSent: 2 },
  ],
  sendMessages: [
    { ...own, messages: [{ id: 'm-1', topic: 'chat', payload: { text: 'hi' } }] },
    '/rtc-api/conferences/sendMessages',
    { messages: [{ id: 'm-1', sequence: 7, timestamp: '2026-01-05T10:00:00.000Z' }] },
  ],
  startRecording: [
    { ...own },
    '/rtc-api/conferences/startRecording',
    { recordingId: 'r-1', startedAt: '2026-01-05T10:00:00.000Z' },
  ],
  stopRecording: [{ ...own }, '/rtc-api/conferences/stopRecording'],
  removeParticipant: [
    { ...own, participantId: 'ep-2', reason: 'rude', ban: true },
    '/rtc-api/conferences/removeParticipant',
  ],
  muteParticipant: [{ ...own, participantId: 'ep-2', kind: 'audio' }, '/rtc-api/conferences/muteParticipant'],
  updatePermissions: [
    { ...own, participantId: 'ep-2', permissions: { publish: ['MIC'], send: false } },
    '/rtc-api/conferences/updatePermissions',
  ],
  updateAdmission: [{ ...own, locked: true }, '/rtc-api/conferences/updateAdmission'],
  requestEntry: [
    { ...own, name: 'Bob', revision: 'r-1' },
    '/rtc-api/conferences/requestEntry',
    { state: 'WAITING', revision: 'r-2' },
  ],
  cancelEntry: [own, '/rtc-api/conferences/cancelEntry'],
  decideEntry: [
    { ...own, decision: 'ADMITTED', endpointIds: ['ep-2'] },
    '/rtc-api/conferences/decideEntry',
    { decided: [{ userEndpointId: 'ep-2', decision: 'ADMITTED' }] },
  ],
  registerUserEndpoint: [{ keepAliveSeconds: 15 }, '/rtc-api/users/endpoints', userEndpointId],
  keepAliveUserEndpoint: [{ userEndpointId }, '/rtc-api/users/endpoints/keepalive'],
  unregisterUserEndpoint: [{ userEndpointId, reason: 'bye' }, '/rtc-api/users/endpoints/unregister'],
  createTicket: [
    { type: 'MULTI_USE_TICKET', properties: { conference_id: conferenceId } },
    '/security/ticket',
    { id: 'ABC123' },
  ],
  revokeUser: [{ userId: 'u-1' }, '/security/users/revoke'],
};

describe('a command', () => {
  it.each(Object.entries(posts))('%s is sent as the API specifies', async (name, [command, path, answer]) => {
    server.reply(answer === undefined ? {} : { body: JSON.stringify(answer) });
    const call = api[name as PostName] as (command: unknown) => Promise<unknown>;

    expect(await call(command)).toEqual(answer);

    expect(server.requests).toHaveLength(1);
    const [request] = server.requests;
    expect(request?.line).toBe(`POST ${path}`);
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer secret-1',
      'content-type': 'application/json',
      accept: 'application/json',
    });
    expect(JSON.parse(request?.body ?? '')).toEqual(command);
  });

  it('names a ticket to revoke in its path, and sends no body', async () => {
    server.reply({ status: 204 });
    expect(await api.revokeTicket('ABC 123')).toBeUndefined();
    const [request] = server.requests;
    expect([request?.line, request?.body]).toEqual(['POST /security/ticket/ABC%20123/revoke', '']);
  });

  it('names a recording to delete in its path, and sends no body', async () => {
    server.reply({ status: 204 });
    expect(await api.deleteRecording('r-1')).toBeUndefined();
    const [request] = server.requests;
    expect([request?.line, request?.body]).toEqual(['POST /rtc-api/recordings/r-1/delete', '']);
  });

  it('without a result accepts any 2xx with no body or one in JSON', async () => {
    for (const reply of [{ status: 204 }, { status: 200, body: '' }, { status: 201, body: '{}' }]) {
      server.reply(reply);
      expect(await api.leave({ ...own })).toBeUndefined();
    }
  });

  it('with a result accepts 201', async () => {
    server.reply({ status: 201, body: '{"id":"c-9"}' });
    expect(await api.create({})).toEqual({ id: 'c-9' });
  });
});

describe('a read', () => {
  const reads: [keyof RtcApi, () => Promise<unknown>, string, unknown][] = [
    ['getConference', () => api.getConference('c-1'), '/rtc-api/conferences/c-1', { id: 'c-1' }],
    [
      'getWaiting',
      () => api.getWaiting('c-1', { userEndpointId: 'ep-1', revision: 'r-1' }),
      '/rtc-api/conferences/c-1/waiting?userEndpointId=ep-1&revision=r-1',
      { revision: 'r-2', waiting: [] },
    ],
    ['getSimpleView', () => api.getSimpleView('c-1'), '/rtc-api/conferences/c-1/simpleView', { version: 3 }],
    ['getActive', () => api.getActive(), '/rtc-api/conferences/active', [{ id: 'c-1' }]],
    ['getEvents', () => api.getEvents('c-1', 0), '/rtc-api/conferences/c-1/events?v=0', [event]],
    ['getIceServers', () => api.getIceServers(), '/rtc-api/iceServers', { iceServers: [] }],
    ['getTicket', () => api.getTicket('ABC123'), '/security/ticket/ABC123', { id: 'ABC123' }],
  ];

  it.each(reads)('%s is sent as the API specifies', async (_name, call, path, answer) => {
    server.reply({ body: JSON.stringify(answer) });

    expect(await call()).toEqual(answer);

    expect(server.requests).toHaveLength(1);
    const [request] = server.requests;
    expect(request?.line).toBe(`GET ${path}`);
    expect(request?.headers).toMatchObject({ authorization: 'Bearer secret-1', accept: 'application/json' });
    expect(request?.headers).not.toHaveProperty('content-type');
    expect(request?.body).toBe('');
  });

  it('omits the version when none is given', async () => {
    server.reply({ body: '[]' });
    await api.getEvents('c-1', undefined);
    expect(server.requests[0]?.line).toBe('GET /rtc-api/conferences/c-1/events');
  });

  it('sends the version id of the state, if it is known', async () => {
    server.reply({ body: '[]' });
    await api.getEvents('c-1', 3, { versionId: 'e/2' });
    expect(server.requests[0]?.line).toBe('GET /rtc-api/conferences/c-1/events?v=3&versionId=e%2F2');
  });

  it('treats a poll without a body as one without events', async () => {
    server.reply({ status: 204 });
    expect(await api.getEvents('c-1', 4)).toEqual([]);
  });
});

it('covers every operation of the API', () => {
  const reads = [
    'getConference',
    'getSimpleView',
    'getActive',
    'getEvents',
    'openPush',
    'getIceServers',
    'getTicket',
    'getWaiting',
    'revokeTicket',
    'getRecordings',
    'getRecording',
    'getRecordingFile',
    'deleteRecording',
  ];
  expect(Object.keys(api).toSorted()).toEqual([...Object.keys(posts), ...reads].toSorted());
});

it.each([
  ['getRecordings', ['c 1'], '/rtc-api/conferences/c%201/recordings', '[]'],
  ['getRecording', ['r-1'], '/rtc-api/recordings/r-1', '{"recordingId":"r-1","streams":[]}'],
] as const)('%s reads what its path names', async (name, args, path, body) => {
  server.reply({ body });
  expect(await api[name](args[0])).toEqual(JSON.parse(body));
  expect(server.requests[0]?.line).toBe(`GET ${path}`);
});

it('getRecordingFile returns the content as a stream', async () => {
  server.reply({ headers: { 'content-type': 'video/webm' }, body: 'media' });
  expect(await new Response(await api.getRecordingFile('r-1', '1-video-1.webm')).text()).toBe('media');
  expect(server.requests[0]?.line).toBe('GET /rtc-api/recordings/r-1/files/1-video-1.webm');
});

describe('openPush', () => {
  const type = 'text/event-stream; charset=utf-8';

  it('requests version, position and endpoint, and returns the body as a stream', async () => {
    server.reply({ headers: { 'content-type': type }, body: 'id: 4.1\ndata: {}\n\n' });
    const stream = await api.openPush('c-1', { version: 3, lastEventId: '4.1', userEndpointId: 'ep 1' });
    expect(await new Response(stream).text()).toBe('id: 4.1\ndata: {}\n\n');
    expect(server.requests[0]).toMatchObject({
      line: 'GET /rtc-api/conferences/c-1/push?v=3&lastEventId=4.1&userEndpointId=ep+1',
      headers: { authorization: 'Bearer secret-1', accept: 'text/event-stream' },
    });
  });

  it('rejects when the response is not an event stream or the server has no push', async () => {
    server.reply({ headers: { 'content-type': 'text/html' }, body: '<html>' });
    expect(await rejection(api.openPush('c-1', {}))).toMatchObject({
      code: 'ERR_FOREIGN_ANSWER',
      status: 200,
    });
    server.reply({ status: 404, body: '{"error":"not_found","error_description":"No such path."}' });
    expect(await rejection(api.openPush('c-1', {}))).toMatchObject({ code: 'ERR_NOT_FOUND' });
  });
});

describe('an id', () => {
  it('is escaped into one path segment: slashes, spaces, question marks, any script', async () => {
    server.reply({ body: '{"id":"c"}' });
    await api.getConference('a/../b?c#d e%2F Αθήνα 🎥');
    expect(server.requests[0]?.line).toBe(
      'GET /rtc-api/conferences/a%2F..%2Fb%3Fc%23d%20e%252F%20%CE%91%CE%B8%CE%AE%CE%BD%CE%B1%20%F0%9F%8E%A5',
    );
  });

  it.each(['', '.', '..', 'half \uD83D'])(
    'that no URL can hold (%j) is rejected before a request is sent',
    async (id) => {
      expect(await rejection(api.getConference(id))).toBeInstanceOf(InvalidOptionsError);
      expect(server.requests).toEqual([]);
    },
  );
});

describe('registerUserEndpoint', () => {
  it('also accepts the id inside an object', async () => {
    server.reply({ status: 201, body: '{"id":"ep-7"}' });
    expect(await api.registerUserEndpoint({ keepAliveSeconds: 15 })).toBe('ep-7');
  });

  it.each(['{}', '""', '7', '[]', ''])('rejects a response without an id (%j)', async (body) => {
    server.reply({ status: 200, body });
    expect(await rejection(api.registerUserEndpoint({ keepAliveSeconds: 15 }))).toMatchObject({
      code: 'ERR_FOREIGN_ANSWER',
    });
  });
});
