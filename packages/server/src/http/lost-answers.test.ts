import type { WireConference } from '@parley-rtc/contract';
import { describe, expect, it } from 'vitest';
import { PushReader } from '../testing/push-reader.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { startTestServer, type Caller, type TestServer } from '../testing/test-server.ts';

// A browser, a proxy or the SDK sends a command again when its answer is lost. Whether the first one was executed, it
// does not know: the second must have the same effect, and an answer by which the caller recognizes its own command.

interface Scene {
  readonly caller: Caller;
  readonly conferenceId: string;
  readonly userEndpointId: string;
  readonly streamId: string;
}

const sdpOffer = 'v=0';

/** Each command, the status of its repetition, and the error code of that. Undefined: the same answer as before. */
const commands: Readonly<
  Record<string, readonly [body: (scene: Scene) => object, status: number, error?: string]>
> = {
  create: [() => ({ conferenceId: 'mine', metadata: { topic: 'x' } }), 200],
  join: [({ conferenceId }) => ({ conferenceId, userEndpointId: 'other tab' }), 422, 'already_joined'],
  enter: [
    ({ conferenceId }) => ({
      conferenceId,
      userEndpointId: 'third tab',
      keepAliveSeconds: 30,
      metadata: { name: 'Ada' },
    }),
    200,
  ],
  leave: [ids(), 404, 'not_found'],
  end: [ids(), 404, 'not_found'],
  publishStream: [ids({ streamId: 'new', conferenceStreamType: 'MIC', sdpOffer }), 200],
  unpublishStream: [ofStream(), 404, 'not_found'],
  viewStream: [ofStream({ viewerId: 'new', sdpOffer }), 200],
  stopViewStream: [ofStream({ viewerId: 'v-1' }), 404, 'not_found'],
  updateViewStream: [ofStream({ viewerId: 'v-1', video: { isPaused: true } }), 204],
  updateMetadata: [ids({ operation: 'SET', key: 'k', value: 'v' }), 204],
  updateParticipantMetadata: [ids({ newMetadata: { name: 'Ada' } }), 204],
  updateStreamMetadata: [ofStream({ newMetadata: { portraitMode: true } }), 204],
  updatePublishedStreamBitrate: [ofStream({ videoBitrate: 50_000 }), 204],
  sendMessages: [ids({ messages: [{ id: 'mine', topic: 'chat', payload: 'once' }] }), 200],
  removeParticipant: [ids({ participantId: 'another' }), 204],
  muteParticipant: [ids({ participantId: 'another', kind: 'audio' }), 204],
  updatePermissions: [ids({ participantId: 'another', permissions: { publish: [] } }), 204],
  updateAdmission: [ids({ locked: true, lobby: true }), 204],
  requestEntry: [ids(), 200],
  cancelEntry: [ids(), 204],
  decideEntry: [ids({ decision: 'ADMITTED' }), 200],
  setInteraction: [ids({ interactionId: 'i-1' }), 204],
  addPublishStreamIceCandidates: [ofStream({ iceCandidates: [] }), 204],
  addViewStreamIceCandidates: [ofStream({ viewerId: 'v-1', iceCandidates: [] }), 204],
  registerUserEndpoint: [() => ({ userEndpointId: 'mine', keepAliveSeconds: 30 }), 200],
  registerUserEndpointLegacy: [() => ({ userEndpointId: 'mine', keepAliveSeconds: 30 }), 200],
  keepAliveUserEndpoint: [({ userEndpointId }) => ({ userEndpointId }), 204],
  unregisterUserEndpoint: [({ userEndpointId }) => ({ userEndpointId }), 404, 'not_found'],
  startRecording: [ids(), 200],
  stopRecording: [ids(), 404, 'not_recording'],
  revokeUser: [() => ({ userId: 'someone' }), 204],
};

function ids(more: object = {}) {
  return ({ conferenceId, userEndpointId }: Scene) => ({ conferenceId, userEndpointId, ...more });
}

function ofStream(more: object = {}) {
  return ({ conferenceId, userEndpointId, streamId }: Scene) => ({
    conferenceId,
    userEndpointId,
    streamId,
    ...more,
  });
}

/** Only for a command about recordings with a recording, because a server on an engine does not record. */
async function setUp(operation: string): Promise<TestServer & { readonly scene: Scene }> {
  const isRecording = operation.endsWith('Recording');
  const server = await startTestServer(isRecording ? { recordingDir: temporaryFolder() } : {});
  const { service: caller } = server;
  const conferenceId = await caller.create();
  const userEndpointId = await caller.join(conferenceId);
  const streamId = await caller.publish(conferenceId, userEndpointId);
  const another = { conferenceId, userEndpointId: 'another' };
  await caller.do('registerUserEndpoint', { body: { userEndpointId: 'another', keepAliveSeconds: 30 } });
  await caller.do('join', { body: another });
  await caller.do('publishStream', {
    body: { ...another, streamId: 's-2', conferenceStreamType: 'MIC', sdpOffer },
  });
  await caller.do('registerUserEndpoint', { body: { userEndpointId: 'other tab', keepAliveSeconds: 30 } });
  const view = { conferenceId, userEndpointId, streamId, viewerId: 'v-1', sdpOffer };
  await caller.do('viewStream', { body: view });
  if (isRecording) await caller.do('startRecording', { body: { conferenceId, userEndpointId } });
  return { ...server, scene: { caller, conferenceId, userEndpointId, streamId } };
}

/** The state without what each change of metadata renews, and without the version. */
async function stateOf({ scene: { caller, conferenceId }, mediaRouter }: Awaited<ReturnType<typeof setUp>>) {
  const {
    version: _version,
    versionId: _versionId,
    ...state
  } = await caller.do<WireConference>('getConference', { params: { id: conferenceId } });
  const views = [...mediaRouter.views.values()].map((viewers) => [...viewers]);
  return JSON.stringify([state, [...mediaRouter.streams.keys()], views]);
}

describe.each(Object.entries(commands))('%s', (operation, [bodyOf, status, error]) => {
  it(`sent again answers ${error ?? 'as before'} and changes nothing more`, async () => {
    const server = await setUp(operation);
    const { caller } = server.scene;
    const body = bodyOf(server.scene);
    const first = await caller.call(operation, { body });
    expect(first.status).toBeLessThan(300);
    const state = await stateOf(server);
    const second = await caller.call<{ readonly error?: string }>(operation, { body });
    expect([second.status, second.body?.error]).toEqual([status, error]);
    if (error === undefined) expect(second.body).toEqual(first.body);
    expect(await stateOf(server)).toBe(state);
  });

  it('sent twice at the same time has the effect of one', async () => {
    const once = await setUp(operation);
    await once.scene.caller.call(operation, { body: bodyOf(once.scene) });
    const server = await setUp(operation);
    const { caller } = server.scene;
    const body = bodyOf(server.scene);
    const answers = await Promise.all([1, 2].map(() => caller.call(operation, { body })));
    expect(answers.some((answer) => answer.status < 300)).toBe(true);
    for (const answer of answers) expect([status, 200, 204]).toContain(answer.status);
    expect(lengthsOf(await stateOf(server))).toEqual(lengthsOf(await stateOf(once)));
  });
});

/** The numbers of participants, streams and views: ids differ between servers. */
function lengthsOf(state: string): readonly number[] {
  const [conference, streams, views] = JSON.parse(state) as [
    { participants: { streams: unknown[] }[] },
    unknown[],
    unknown[][],
  ];
  const { participants } = conference;
  return [
    participants.length,
    participants.flatMap((one) => one.streams).length,
    streams.length,
    views.flat().length,
  ];
}

it('a sent event with an id of its own is delivered once', async () => {
  const { scene } = await setUp('sendEvent');
  const { caller, conferenceId } = scene;
  const event = { id: 'mine', type: 'DocumentSignedEvent', timestamp: '2026-01-05T10:00:00Z' };
  const body = { conferenceId, qos: 'AT_LEAST_ONCE', event };
  const answers = await Promise.all([1, 2].map(() => caller.do('sendEvent', { body })));
  expect(answers).toEqual([{ eventsSent: 2 }, { eventsSent: 2 }]);
  const push = await PushReader.open(caller, conferenceId, { v: 4 });
  await caller.do('sendEvent', { body: { ...body, event: { ...event, id: 'last' } } });
  expect((await push.take(2)).map(({ id }) => id)).toEqual(['mine', 'last']);
});

it('covers every command of the API that can be sent with ids of its own', async () => {
  const { operations } = (await import('./openapi-document.ts')).readOpenapiDocument();
  const posts = operations
    .filter(({ method }) => method.toUpperCase() === 'POST')
    .map((one) => one.operationId);
  // These have no id of their own: tokens and sent events have tests of their own, and the path names a ticket or recording.
  const others = ['requestToken', 'createTicket', 'sendEvent', 'revokeTicket', 'deleteRecording'];
  expect(posts.toSorted()).toEqual([...Object.keys(commands), ...others].toSorted());
});
