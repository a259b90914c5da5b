import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anError } from '../testing/an-error.ts';
import { startIdentityProvider, type IdentityProvider } from '../testing/identity-provider.ts';
import { Caller, startTestServer, type TestServer } from '../testing/test-server.ts';

// The table of docs/server/rights.md, cell by cell.

interface Ids {
  readonly conferenceId: string;
  readonly userEndpointId: string;
  readonly streamId: string;
  readonly viewerId: string;
}

const event = { type: 'DocumentSignedEvent', timestamp: '2026-01-05T10:00:00Z' };
const sdp = { sdpOffer: 'v=0' };

/** How to request each operation, and its responses to five callers: see the column heads below. */
const table: Readonly<
  Record<
    string,
    readonly [
      ask: (ids: Ids) => object,
      foreign: number,
      other: number,
      ticket: number,
      outside: number,
      right: number,
    ]
  >
> = {
  create: [({ userEndpointId }) => ({ body: { creatorEndpoint: userEndpointId } }), 200, 403, 403, 200, 200],
  join: [body(), 403, 403, 403, 200, 422],
  enter: [body({ keepAliveSeconds: 30 }), 403, 403, 403, 200, 200],
  leave: [body(), 403, 403, 403, 404, 204],
  end: [body(), 403, 403, 403, 204, 204],
  setInteraction: [body({ interactionId: 'i' }), 403, 403, 403, 204, 204],
  sendEvent: [({ conferenceId }) => ({ body: { conferenceId, event } }), 403, 200, 403, 200, 200],
  sendMessages: [body({ messages: [{ id: 'a', topic: 't', payload: 1 }] }), 403, 403, 403, 400, 200],
  removeParticipant: [body({ participantId: 'x' }), 403, 403, 403, 404, 404],
  muteParticipant: [body({ participantId: 'x', kind: 'audio' }), 403, 403, 403, 404, 404],
  updatePermissions: [body({ participantId: 'x', permissions: {} }), 403, 403, 403, 404, 404],
  updateAdmission: [body({ locked: true }), 403, 403, 403, 204, 204],
  requestEntry: [body(), 403, 403, 403, 200, 200],
  cancelEntry: [body(), 204, 403, 204, 204, 204],
  decideEntry: [body({ decision: 'ADMITTED' }), 403, 403, 403, 200, 200],
  getWaiting: [byIdAndEndpoint, 403, 403, 403, 200, 200],
  updateMetadata: [body({ operation: 'SET', key: 'k', value: 'v' }), 403, 403, 403, 400, 204],
  updateParticipantMetadata: [body({ newMetadata: {} }), 403, 403, 403, 400, 204],
  publishStream: [body({ conferenceStreamType: 'MIC', ...sdp }), 403, 403, 403, 400, 200],
  unpublishStream: [ofStream(), 403, 403, 403, 400, 204],
  addPublishStreamIceCandidates: [ofStream({ iceCandidates: [] }), 403, 403, 403, 400, 204],
  updateStreamMetadata: [ofStream({ newMetadata: {} }), 403, 403, 403, 400, 204],
  updatePublishedStreamBitrate: [ofStream({ videoBitrate: 0 }), 403, 403, 403, 400, 204],
  viewStream: [ofStream({ ...sdp }), 403, 403, 403, 400, 200],
  updateViewStream: [ofView({ video: { isPaused: true } }), 403, 403, 403, 400, 204],
  stopViewStream: [ofView(), 403, 403, 403, 400, 204],
  addViewStreamIceCandidates: [ofView({ iceCandidates: [] }), 403, 403, 403, 400, 204],
  getActive: [() => ({}), 200, 200, 403, 200, 200],
  getConference: [byId, 403, 200, 403, 200, 200],
  getSimpleView: [byId, 403, 200, 403, 200, 200],
  getEvents: [byId, 403, 200, 403, 200, 200],
  keepAliveUserEndpoint: [({ userEndpointId }) => ({ body: { userEndpointId } }), 204, 403, 204, 204, 204],
  unregisterUserEndpoint: [({ userEndpointId }) => ({ body: { userEndpointId } }), 204, 403, 204, 204, 204],
};

function body(more: object = {}) {
  return ({ conferenceId, userEndpointId }: Ids) => ({ body: { conferenceId, userEndpointId, ...more } });
}

function ofStream(more: object = {}) {
  return ({ conferenceId, userEndpointId, streamId }: Ids) => ({
    body: { conferenceId, userEndpointId, streamId, ...more },
  });
}

function ofView(more: object = {}) {
  return ({ viewerId, ...ids }: Ids) => ofStream({ viewerId, ...more })({ viewerId, ...ids });
}

function byIdAndEndpoint({ conferenceId, userEndpointId }: Ids) {
  return { params: { id: conferenceId }, query: { userEndpointId } };
}

function byId({ conferenceId }: Ids) {
  return { params: { id: conferenceId } };
}

/** Views are requested with an endpoint that is neither the caller's nor the publisher's. */
const isView = (operationId: string): boolean =>
  operationId.includes('View') && operationId !== 'getSimpleView';

let server: TestServer;
let provider: IdentityProvider;
const closers: (() => unknown)[] = [];

function atEnd(close: () => unknown): void {
  closers.push(close);
}

beforeAll(async () => {
  provider = await startIdentityProvider(atEnd);
  server = await startTestServer({ externalIssuer: provider.config }, { atEnd });
}, 30_000);
afterAll(() => Promise.all(closers.map((close) => close())));

/** Creates a conference of the service with its endpoint, its stream and its view. */
async function aScene(): Promise<Ids> {
  const { service } = server;
  const conferenceId = await service.create();
  const userEndpointId = await service.join(conferenceId);
  const streamId = await service.publish(conferenceId, userEndpointId);
  const about = { conferenceId, userEndpointId, streamId };
  await service.do('viewStream', { body: { ...about, viewerId: 'v', ...sdp } });
  return { ...about, viewerId: 'v' };
}

/** The caller of each column of the table, and how its request differs. */
const columns: readonly (readonly [
  string,
  (ids: Ids, operationId: string) => Promise<readonly [Caller, Partial<Ids>]>,
])[] = [
  [
    'of another organization',
    async () => {
      const caller = await server.login('foreigner');
      return [caller, { userEndpointId: await caller.register() }];
    },
  ],
  [
    'with the endpoint of another user',
    async ({ conferenceId }, operationId) => {
      const third = await server.guest(conferenceId);
      if (isView(operationId)) return [server.service, { userEndpointId: await third.join(conferenceId) }];
      return [server.service, { userEndpointId: await third.register() }];
    },
  ],
  [
    'with a ticket for another conference',
    async () => {
      const caller = await server.guest('elsewhere');
      return [caller, { userEndpointId: await caller.register() }];
    },
  ],
  [
    'who has not joined',
    async ({ userEndpointId: inside, conferenceId }) => {
      await server.service.do('leave', { body: { conferenceId, userEndpointId: inside } });
      return [server.service, { userEndpointId: await server.service.register() }];
    },
  ],
  ['who may', () => Promise.resolve([server.service, {}])],
];

describe.each(Object.entries(table))('%s', (operationId, [ask, ...statuses]) => {
  it.each(columns.map(([who, cast], index) => [statuses[index] ?? 0, who, cast] as const))(
    'responds %i to a caller %s',
    async (status, _who, cast) => {
      const ids = await aScene();
      const [caller, changed] = await cast(ids, operationId);
      const answer = await caller.call(operationId, ask({ ...ids, ...changed }));
      expect(answer).toMatchObject(status < 400 ? { status } : anError(status));
    },
  );
});

/** Invalid tokens. */
const badTokens: Readonly<Record<string, () => Promise<string> | string>> = {
  'no token': () => '',
  'an expired token': () => provider.sign(server.clock.now() - 3_600_000),
  'a token with a wrong signature': () => provider.forge(server.clock.now()),
  'a token of another issuer': () => provider.sign(server.clock.now(), { iss: 'https://other.example.com' }),
  'a token for another audience': () => provider.sign(server.clock.now(), { aud: 'other' }),
  'a token without an organization': () => provider.sign(server.clock.now(), { organization: { id: 'o-1' } }),
};
const others = [
  'createTicket',
  'getTicket',
  'registerUserEndpoint',
  'registerUserEndpointLegacy',
  'getIceServers',
];

describe.each(Object.entries(badTokens))('%s', (_name, token) => {
  it.each([...Object.keys(table), ...others])('gives 401 to %s, before any other check', async (id) => {
    const caller = new Caller(server.url, {
      access_token: await token(),
      token_type: 'bearer',
      expires_in: 0,
    });
    expect(await caller.call(id, { params: { id: 'c' } })).toMatchObject(anError(401, 'invalid_token'));
  });
});
