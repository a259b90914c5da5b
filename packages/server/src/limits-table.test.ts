import { readFileSync } from 'node:fs';
import type { WireEvent } from '@parley-rtc/contract';
import { expect, it } from 'vitest';
import type { Limits } from './limits/limits.ts';
import { defaultRateLimits, type RateLimits } from './limits/rate-limits.ts';
import { documentedLimits } from './testing/documented-limits.ts';
import { startTestServer, type Answer, type Caller, type TestServer } from './testing/test-server.ts';

type LimitName = keyof Limits | keyof RateLimits;

const documented = documentedLimits();

/** Someone who pushes past a limit, as an endpoint of a conference of their own. */
interface Pusher {
  readonly server: TestServer;
  readonly caller: Caller;
  readonly conferenceId: string;
  readonly userEndpointId: string;
}

/** Pushes past the limit, which is `limit`, and returns the answer that meets it. */
interface Scenario {
  readonly limit: number;
  readonly push: (pusher: Pusher) => Promise<Answer>;
}

/** A limit whose test needs more than the API. */
interface TestedElsewhere {
  readonly file: string;
  readonly title: string;
}

const text = (bytes: number) => 'x'.repeat(bytes);
const entries = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, '']));

const setMetadata = ({ caller, conferenceId, userEndpointId }: Pusher, key: string, value: string) =>
  caller.call('updateMetadata', {
    body: { conferenceId, userEndpointId, operation: 'SET', key, value },
  });

const setOwnMetadata = ({ caller, conferenceId, userEndpointId }: Pusher, metadata: object) =>
  caller.call('updateParticipantMetadata', { body: { conferenceId, userEndpointId, newMetadata: metadata } });

const publish = ({ caller, conferenceId, userEndpointId }: Pusher, more: object = {}) =>
  caller.call<{ readonly streamId: string }>('publishStream', {
    body: { conferenceId, userEndpointId, conferenceStreamType: 'CAM', sdpOffer: 'v=0', ...more },
  });

const join = async ({ caller, conferenceId }: Pusher): Promise<Answer> => {
  const userEndpointId = await caller.register();
  return caller.call('join', { body: { conferenceId, userEndpointId } });
};

/** Opens the waiting room and asks to be let in, with another endpoint of a guest each time. */
const knockUntilRefused = async (
  { server: { service }, conferenceId }: Pusher,
  guestOf: () => Promise<Caller>,
): Promise<Answer> => {
  const userEndpointId = await service.register();
  await service.do('updateAdmission', { body: { conferenceId, userEndpointId, lobby: true } });
  return untilRefused(async () => {
    const guest = await guestOf();
    const body = { conferenceId, userEndpointId: await guest.register() };
    return guest.call('requestEntry', { body });
  });
};

const view = ({ caller, conferenceId, userEndpointId }: Pusher, streamId: string, viewerId: string) =>
  caller.call('viewStream', { body: { conferenceId, userEndpointId, streamId, viewerId, sdpOffer: 'v=0' } });

const sendMessages = ({ caller, conferenceId, userEndpointId }: Pusher, ...payloads: readonly string[]) =>
  caller.call('sendMessages', {
    body: {
      conferenceId,
      userEndpointId,
      messages: payloads.map((payload) => ({ id: crypto.randomUUID(), topic: 'chat', payload })),
    },
  });

/** Repeats `act` until it is refused. */
async function untilRefused(act: (round: number) => Promise<Answer>): Promise<Answer> {
  for (let round = 0; round < 200; round += 1) {
    const answer = await act(round);
    if (answer.status >= 300) return answer;
  }
  throw new Error('was never refused');
}

async function sendCandidates(pusher: Pusher, ...candidates: readonly string[]): Promise<Answer> {
  const { caller, conferenceId, userEndpointId } = pusher;
  const { streamId } = (await publish(pusher)).body;
  const iceCandidates = candidates.map((candidate) => ({ candidate, sdpMid: '0', sdpMLineIndex: 0 }));
  return untilRefused(() =>
    caller.call('addPublishStreamIceCandidates', {
      body: { conferenceId, userEndpointId, streamId, iceCandidates },
    }),
  );
}

function poll({ caller, conferenceId, userEndpointId }: Pusher, query: object = {}): Promise<Answer> {
  return caller.call('getEvents', {
    params: { id: conferenceId },
    query: { v: 1, userEndpointId, ...query },
  });
}

const connectionsTest = 'http/hostile-connections.test.ts';
const mqttTest = 'mqtt/hostile-clients.test.ts';
const ratesTest = 'http/rates/limit-rates.test.ts';
const loginsTest = 'http/rates/login-guard.test.ts';

/** How each limit is met. The type makes a new limit without a test an error. */
const scenarios: Readonly<Record<LimitName, Scenario | TestedElsewhere>> = {
  bodyBytes: { limit: 2_000, push: (pusher) => setMetadata(pusher, 'a', text(3_000)) },
  jsonDepth: {
    limit: 3,
    push: (pusher) => setOwnMetadata(pusher, JSON.parse('{"a":'.repeat(5) + '1' + '}'.repeat(5)) as object),
  },
  jsonEntries: { limit: 20, push: (pusher) => setOwnMetadata(pusher, entries(20)) },
  eventBytes: { limit: 1_000, push: (pusher) => setMetadata(pusher, 'a', text(1_000)) },
  historyBytes: {
    limit: 4_000,
    push: async (pusher) => {
      for (let round = 0; round < 30; round += 1) await setMetadata(pusher, 'a', text(300));
      return poll(pusher, { v: 0 });
    },
  },
  sdpBytes: { limit: 50, push: (pusher) => publish(pusher, { sdpOffer: `v=0${text(50)}` }) },
  sdpLines: { limit: 5, push: (pusher) => publish(pusher, { sdpOffer: 'v=0\n\n\n\n\n\n' }) },
  sdpLineBytes: { limit: 20, push: (pusher) => publish(pusher, { sdpOffer: `v=0\n${text(21)}` }) },
  sdpSections: { limit: 1, push: (pusher) => publish(pusher, { sdpOffer: 'v=0\nm=a\nm=b' }) },
  candidatesPerCall: { limit: 1, push: (pusher) => sendCandidates(pusher, '', '') },
  candidatesPerConnection: { limit: 3, push: (pusher) => sendCandidates(pusher, '') },
  candidateBytes: { limit: 10, push: (pusher) => sendCandidates(pusher, text(11)) },
  conferenceMetadataEntries: {
    limit: 2,
    push: (pusher) => untilRefused((round) => setMetadata(pusher, `key${round}`, '')),
  },
  conferenceMetadataBytes: { limit: 100, push: (pusher) => setMetadata(pusher, 'a', text(100)) },
  participantMetadataEntries: { limit: 2, push: (pusher) => setOwnMetadata(pusher, entries(3)) },
  participantMetadataBytes: { limit: 100, push: (pusher) => setOwnMetadata(pusher, { a: text(100) }) },
  streamMetadataEntries: { limit: 2, push: (pusher) => publish(pusher, { metadata: entries(3) }) },
  streamMetadataBytes: { limit: 100, push: (pusher) => publish(pusher, { metadata: { a: text(100) } }) },
  conferencesPerOrganization: {
    limit: 3,
    push: ({ server: { service } }) => untilRefused(() => service.call('create', { body: {} })),
  },
  conferenceBytes: {
    limit: 3_000,
    push: (pusher) => untilRefused((round) => setMetadata(pusher, `key${round}`, text(300))),
  },
  listBytes: {
    limit: 3_000,
    push: async ({ server: { service } }) => {
      for (let count = 0; count < 10; count += 1) await service.create();
      const answer = await service.call<readonly unknown[]>('getActive');
      expect(answer.body.length).toBeGreaterThan(1);
      expect(answer.body.length).toBeLessThan(12);
      return answer;
    },
  },
  participantsPerConference: { limit: 2, push: (pusher) => untilRefused(() => join(pusher)) },
  participantsPerUser: { limit: 2, push: (pusher) => untilRefused(() => join(pusher)) },
  streamsPerParticipant: { limit: 1, push: (pusher) => untilRefused(() => publish(pusher)) },
  viewsPerEndpoint: { limit: 1, push: viewUntilRefused },
  endpointsPerUser: {
    limit: 2,
    push: ({ caller }) =>
      untilRefused(() => caller.call('registerUserEndpoint', { body: { keepAliveSeconds: 30 } })),
  },
  mediaConnectionsPerUser: { limit: 3, push: viewUntilRefused },
  mediaConnectionsPerConference: { limit: 2, push: viewUntilRefused },
  waitingPerUser: {
    limit: 2,
    push: async (pusher) => {
      const hangUp = new AbortController();
      const parked = [1, 2].map(() => parkedPoll(pusher, hangUp.signal));
      const answer = await untilRefused(() => poll(pusher, { v: 0 }));
      hangUp.abort();
      await Promise.allSettled(parked);
      return answer;
    },
  },
  waitingRoomPlaces: {
    limit: 2,
    push: (pusher) => knockUntilRefused(pusher, () => pusher.server.guest(pusher.conferenceId)),
  },
  waitingRoomPlacesPerUser: {
    limit: 2,
    push: async (pusher) => {
      const guest = await pusher.server.guest(pusher.conferenceId);
      return knockUntilRefused(pusher, () => Promise.resolve(guest));
    },
  },
  waitingPerEndpoint: {
    limit: 1,
    push: async (pusher) => {
      const hangUp = new AbortController();
      const oldest = parkedPoll(pusher);
      const timers = pusher.server.clock.timerCount;
      await expect.poll(() => pusher.server.clock.timerCount).toBeGreaterThan(timers);
      const newest = parkedPoll(pusher, hangUp.signal);
      const answer = await oldest;
      expect(answer.body).toEqual([]);
      hangUp.abort();
      await Promise.allSettled([newest]);
      return answer;
    },
  },
  mqttPacketBytes: {
    file: mqttTest,
    title: 'closes the connection of a client that sends a longer packet than allowed, in small pieces',
  },
  mqttConnectTimeoutMs: {
    file: mqttTest,
    title: 'closes WebSockets on which no client logs in, and limits them by address',
  },
  mqttConnectingPerAddress: {
    file: mqttTest,
    title: 'closes WebSockets on which no client logs in, and limits them by address',
  },
  mqttUnacknowledged: {
    file: mqttTest,
    title: 'sends a client that acknowledges nothing only so many events, and closes its connection',
  },
  messageBytes: { limit: 200, push: (pusher) => sendMessages(pusher, text(200)) },
  keptMessageBytes: {
    limit: 1_000,
    push: async (pusher) => {
      const { caller, userEndpointId } = pusher;
      const reader = await caller.join(pusher.conferenceId);
      for (let round = 0; round < 10; round += 1) await sendMessages(pusher, text(200));
      const answer = await poll({ ...pusher, userEndpointId: reader }, { v: 2, messages: 0 });
      expect(answer.body).toMatchObject([{ type: 'ConferenceMessagesPlacedEvent', hasMissed: true }]);
      expect(userEndpointId).not.toBe(reader);
      return answer;
    },
  },
  connections: { file: connectionsTest, title: 'refuses connections over the limit and keeps existing ones' },
  connectionsPerAddress: {
    file: connectionsTest,
    title: 'leaves other addresses their connections when one address opens too many',
  },
  headersTimeoutMs: { file: connectionsTest, title: 'hangs up on clients that trickle headers or a body' },
  requestTimeoutMs: { file: connectionsTest, title: 'hangs up on clients that trickle headers or a body' },
  responseTimeoutMs: {
    file: connectionsTest,
    title: 'frees the connection of a client that does not read a long answer',
  },
  unreadBytesPerAddress: {
    file: connectionsTest,
    title: 'refuses further long answers to an address that leaves too much unread',
  },
  callsPerUser: { file: ratesTest, title: 'limits one user across tokens, without affecting other users' },
  callsPerAddress: { file: ratesTest, title: 'limits one address, with any token or none' },
  loginsPerTicket: {
    file: 'auth/logins.test.ts',
    title: 'is one of a limited number for its ticket, and leaves room for another when it ends',
  },
  loginsPerAddress: {
    file: loginsTest,
    title: 'limits the logins with one credential, and not those with another',
  },
  failedLoginsPerAddress: {
    file: loginsTest,
    title: 'never refuses a correct credential because of wrong ones from the same address',
  },
  ticketGuessesPerAddress: {
    file: loginsTest,
    title: 'refuses short tickets unchecked after more guesses than typing errors explain, but nothing else',
  },
  changedBytesPerUser: {
    limit: 3_000,
    push: (pusher) => untilRefused(() => setMetadata(pusher, 'a', text(500))),
  },
  messagesPerUser: { limit: 3, push: (pusher) => sendMessages(pusher, 'a', 'b', 'c', 'd') },
  mediaSetupsPerUser: {
    limit: 3,
    push: async (pusher) => {
      const { conferenceId, userEndpointId } = pusher;
      return untilRefused(async () => {
        const answer = await publish(pusher);
        if (answer.status >= 300) return answer;
        const { streamId } = answer.body;
        return pusher.caller.call('unpublishStream', { body: { conferenceId, userEndpointId, streamId } });
      });
    },
  },
};

async function viewUntilRefused(pusher: Pusher): Promise<Answer> {
  const { streamId } = (await publish(pusher)).body;
  return untilRefused((round) => view(pusher, streamId, `viewer${round}`));
}

/** A poll that waits for the next event. */
async function parkedPoll(pusher: Pusher, signal?: AbortSignal): Promise<Answer> {
  const { caller, conferenceId, userEndpointId } = pusher;
  return caller.call('getEvents', {
    params: { id: conferenceId },
    query: { v: 1, userEndpointId },
    ...(signal && { signal }),
  });
}

/** A guest in a conference of their own. */
async function enter(server: TestServer): Promise<Pusher> {
  const conferenceId = await server.service.create();
  const caller = await server.guest(conferenceId);
  return { server, caller, conferenceId, userEndpointId: await caller.join(conferenceId) };
}

/** A call of two that is going on: one publishes, the other views and waits for events. */
async function startCall(server: TestServer): Promise<() => Promise<void>> {
  const publisher = await enter(server);
  const { conferenceId } = publisher;
  const viewerCaller = await server.guest(conferenceId);
  const viewer = {
    ...publisher,
    caller: viewerCaller,
    userEndpointId: await viewerCaller.join(conferenceId),
  };
  const { streamId } = (await publish(publisher)).body;
  expect((await view(viewer, streamId, 'viewer')).status).toBe(200);
  const next = viewer.caller.events(conferenceId, 3);
  return async () => {
    expect((await setMetadata(publisher, 'topic', 'still here')).status).toBeLessThan(300);
    expect(await next).toMatchObject([
      { type: 'ConferenceMetadataUpdatedEvent' } satisfies Partial<WireEvent>,
    ]);
    const { mediaRouter } = server;
    const streams = [...mediaRouter.streams.keys()].filter((key) => key.includes(streamId));
    expect(streams).toHaveLength(1);
    expect(mediaRouter.views.get(streams[0] ?? '')).toEqual(new Set(['viewer']));
  };
}

function outcomeOf({ status, body }: Answer): string {
  const error = (body as { readonly error?: string } | undefined)?.error;
  return error === undefined ? `${status}` : `${status} ${error}`;
}

function configFor(name: string, limit: number) {
  return name in defaultRateLimits ? { rateLimits: { [name]: limit } } : { limits: { [name]: limit } };
}

const isElsewhere = (
  entry: readonly [string, Scenario | TestedElsewhere],
): entry is [string, TestedElsewhere] => 'file' in entry[1];
const isHere = (entry: readonly [string, Scenario | TestedElsewhere]): entry is [string, Scenario] =>
  !('file' in entry[1]);

it.each(Object.entries(scenarios).filter(isElsewhere))(
  'pushes past %s in another test',
  (_name, { file, title }) => {
    expect(readFileSync(new URL(file, import.meta.url), 'utf8')).toContain(`'${title}`);
  },
);

it.each(Object.entries(scenarios).filter(isHere))(
  'refuses a user who pushes past %s as documented, while another call goes on',
  async (name, { limit, push }) => {
    const server = await startTestServer(configFor(name, limit));
    const expectUndisturbed = await startCall(server);
    const answer = await push(await enter(server));
    expect(documented.get(name)?.refusal).toMatch(new RegExp(`^${outcomeOf(answer)}\\b`));
    const isRateLimited = answer.status === 429;
    expect(answer.headers.has('retry-after')).toBe(isRateLimited);
    await expectUndisturbed();
  },
);
