import type { WireConference } from '@parley-rtc/contract';
import { describe, expect, it } from 'vitest';
import { anError } from '../../testing/an-error.ts';
import { startTestServer, type Caller, type TestServer } from '../../testing/test-server.ts';

// The decisions are listed in docs/server/decisions.md. The caller checks every response against the API document.

interface Room {
  readonly server: TestServer;
  readonly caller: Caller;
  readonly conferenceId: string;
  readonly about: { readonly conferenceId: string; readonly userEndpointId: string };
}

/** Creates a conference with one participant. */
async function aRoom(): Promise<Room> {
  const server = await startTestServer();
  const caller = server.service;
  const conferenceId = await caller.create();
  const about = { conferenceId, userEndpointId: await caller.join(conferenceId) };
  return { server, caller, conferenceId, about };
}

function read({ caller, conferenceId }: Room): Promise<WireConference> {
  return caller.do('getConference', { params: { id: conferenceId } });
}

describe('required fields of commands', () => {
  it('row 1: publishStream without sdpOffer gives 400', async () => {
    const { caller, about } = await aRoom();
    const body = { ...about, conferenceStreamType: 'CAM' };
    expect(await caller.call('publishStream', { body })).toMatchObject(anError(400, 'invalid_request'));
  });

  it('row 2: updateStreamMetadata without streamId gives 400', async () => {
    const { caller, about } = await aRoom();
    const body = { ...about, newMetadata: {} };
    expect(await caller.call('updateStreamMetadata', { body })).toMatchObject(
      anError(400, 'invalid_request'),
    );
  });

  it('row 3: updateStreamMetadata without newMetadata gives 400 and clears nothing', async () => {
    const room = await aRoom();
    const { caller, about } = room;
    const publish = {
      ...about,
      streamId: 's',
      conferenceStreamType: 'CAM',
      sdpOffer: 'v=0',
      metadata: { a: 1 },
    };
    await caller.do('publishStream', { body: publish });
    const body = { ...about, streamId: 's' };
    expect(await caller.call('updateStreamMetadata', { body })).toMatchObject(
      anError(400, 'invalid_request'),
    );
    expect((await read(room)).participants?.[0]?.streams?.[0]?.metadata).toEqual({ a: 1 });
  });

  it('row 4: the bitrate is required; without streamId it applies to all video streams, 404 if there are none', async () => {
    const room = await aRoom();
    const { caller, about, conferenceId } = room;
    expect(await caller.call('updatePublishedStreamBitrate', { body: about })).toMatchObject(anError(400));
    await caller.publish(conferenceId, about.userEndpointId, 'MIC');
    const body = { ...about, videoBitrate: 60_000 };
    expect(await caller.call('updatePublishedStreamBitrate', { body })).toMatchObject(anError(404));
    await caller.publish(conferenceId, about.userEndpointId, 'CAM');
    await caller.publish(conferenceId, about.userEndpointId, 'SCREEN');
    expect((await caller.call('updatePublishedStreamBitrate', { body })).status).toBe(204);
    const limits = (await read(room)).participants?.[0]?.streams?.map(({ videoBitrate }) => videoBitrate);
    expect(limits).toEqual([0, 60_000, 60_000]);
  });

  it('row 5: sendEvent has qos BEST_EFFORT by default', async () => {
    const { caller, conferenceId } = await aRoom();
    const event = { type: 'DocumentSignedEvent', timestamp: '2026-01-05T10:00:00Z' };
    expect(await caller.do('sendEvent', { body: { conferenceId, event } })).toEqual({ eventsSent: 1 });
    const body = { conferenceId, event, qos: 'EXACTLY_ONCE' };
    expect(await caller.call('sendEvent', { body })).toMatchObject(anError(400));
  });

  it('row 6: SET needs a value, UNKNOWN gives 400, REMOVE ignores the value and does nothing for a missing key', async () => {
    const room = await aRoom();
    const { caller, about, conferenceId } = room;
    const update = (change: object) =>
      caller.call('updateMetadata', { body: { ...about, key: 'k', ...change } });
    expect(await update({ operation: 'SET' })).toMatchObject(anError(400));
    expect(await update({ operation: 'UNKNOWN', value: 'v' })).toMatchObject(anError(400));
    expect((await update({ operation: 'REMOVE', value: 'ignored' })).status).toBe(204);
    expect(await read(room)).toMatchObject({ version: 1, metadata: {} });
    expect((await update({ operation: 'SET', value: '' })).status).toBe(204);
    expect((await update({ operation: 'REMOVE', value: 'ignored' })).status).toBe(204);
    const [set, removed] = await caller.events(conferenceId, 1);
    expect(set).toMatchObject({ operation: 'SET', key: 'k', value: '' });
    expect(removed).toMatchObject({ operation: 'REMOVE', key: 'k' });
    expect(removed).not.toHaveProperty('value');
  });
});

describe('modes, names and ids', () => {
  it('row 10: the mode is ROUTER by default and always; P2P and UNKNOWN give 400', async () => {
    const { caller } = await aRoom();
    expect(await caller.do('create', { body: {} })).toMatchObject({ mode: 'ROUTER' });
    for (const mode of ['P2P', 'UNKNOWN', 'router']) {
      expect(await caller.call('create', { body: { mode } })).toMatchObject(anError(400));
    }
  });

  it('row 11: UNKNOWN is refused on input, for modes, stream types and operations', async () => {
    const { caller, about } = await aRoom();
    const refused: readonly (readonly [string, object])[] = [
      ['create', { mode: 'UNKNOWN' }],
      ['publishStream', { ...about, conferenceStreamType: 'UNKNOWN', sdpOffer: 'v=0' }],
      ['updateMetadata', { ...about, operation: 'UNKNOWN', key: 'k', value: 'v' }],
    ];
    for (const [operationId, body] of refused) {
      expect(await caller.call(operationId, { body })).toMatchObject(anError(400));
    }
  });

  it('row 13: a viewer id is generated if missing, echoed, replaces a view of the same stream, and gives 400 on another', async () => {
    const { caller, about, conferenceId, server } = await aRoom();
    const [one, two] = [
      await caller.publish(conferenceId, about.userEndpointId),
      await caller.publish(conferenceId, about.userEndpointId, 'SCREEN'),
    ];
    const view = (more: object) =>
      caller.call('viewStream', { body: { ...about, sdpOffer: 'v=0', ...more } });
    expect((await view({ streamId: one })).body).toMatchObject({
      viewerId: expect.stringMatching(/^[-\w]{36}$/),
    });
    for (let round = 0; round < 2; round += 1) {
      expect((await view({ streamId: one, viewerId: 'v' })).body).toMatchObject({ viewerId: 'v' });
    }
    expect([...(server.mediaRouter.views.get(JSON.stringify([conferenceId, one])) ?? [])]).toHaveLength(2);
    expect(await view({ streamId: two, viewerId: 'v' })).toMatchObject(anError(400));
  });

  it('row 17: values are any JSON, null and lists included', async () => {
    const room = await aRoom();
    const newMetadata = { a: null, b: [true, { c: 1.5 }], d: {}, e: '', constructor: 'f' };
    await room.caller.do('updateParticipantMetadata', { body: { ...room.about, newMetadata } });
    expect((await read(room)).participants?.[0]?.metadata).toEqual(newMetadata);
  });

  it('row 18: metadata of create and viewStream contain strings, anything else gives 400', async () => {
    const { caller, about, conferenceId } = await aRoom();
    const streamId = await caller.publish(conferenceId, about.userEndpointId);
    for (const value of [null, 1, false, [], {}]) {
      const metadata = { key: value };
      expect(await caller.call('create', { body: { metadata } })).toMatchObject(anError(400));
      const view = { ...about, streamId, sdpOffer: 'v=0', metadata };
      expect(await caller.call('viewStream', { body: view })).toMatchObject(anError(400));
    }
  });

  it('row 19: metadata of create become entries with value, creator, creatorEndpoint and creation time', async () => {
    const { caller } = await aRoom();
    const creatorEndpoint = await caller.register();
    const conferenceId = await caller.create({ metadata: { topic: 'demo' }, creatorEndpoint });
    expect(await caller.do('getConference', { params: { id: conferenceId } })).toMatchObject({
      creatorEndpoint,
      metadata: {
        topic: {
          value: 'demo',
          userId: 'service',
          userEndpointId: creatorEndpoint,
          lastModified: '2026-01-05T10:00:00.123Z',
        },
      },
    });
  });

  it('row 20: new metadata replace the old, without merging', async () => {
    const room = await aRoom();
    const { caller, about, conferenceId } = room;
    const streamId = await caller.publish(conferenceId, about.userEndpointId);
    for (const newMetadata of [{ a: 1, b: 2 }, { b: 3 }, {}]) {
      await caller.do('updateParticipantMetadata', { body: { ...about, newMetadata } });
      await caller.do('updateStreamMetadata', { body: { ...about, streamId, newMetadata } });
      const [participant] = (await read(room)).participants ?? [];
      expect([participant?.metadata, participant?.streams?.[0]?.metadata]).toEqual([
        newMetadata,
        newMetadata,
      ]);
    }
  });

  it('row 26: a taken id gives 400, but the identical command of the same creator succeeds again', async () => {
    const { caller, server } = await aRoom();
    const body = { conferenceId: 'room', metadata: { a: '1', b: '2' } };
    await caller.do('create', { body });
    const reordered = { metadata: { b: '2', a: '1' }, conferenceId: 'room' };
    expect(await caller.do('create', { body: reordered })).toMatchObject({ id: 'room' });
    expect(await caller.call('create', { body: { conferenceId: 'room' } })).toMatchObject(
      anError(400, 'already_exists'),
    );
    const other = await server.login('user');
    expect(await other.call('create', { body })).toMatchObject(anError(400, 'already_exists'));
    expect(await caller.events('room')).toHaveLength(1);
  });

  it('row 38: videoBitrate is 0 or 30000 to 2147483647 bits per second', async () => {
    const { caller, about, conferenceId, server } = await aRoom();
    const streamId = await caller.publish(conferenceId, about.userEndpointId);
    const set = async (videoBitrate: unknown) =>
      (await caller.call('updatePublishedStreamBitrate', { body: { ...about, streamId, videoBitrate } }))
        .status;
    for (const bad of [-1, 1, 29_999, 30_000.5, 2 ** 31, '30000', null]) expect(await set(bad)).toBe(400);
    for (const good of [30_000, 2 ** 31 - 1, 0]) {
      expect(await set(good)).toBe(204);
      expect([...server.mediaRouter.videoBitrates.values()]).toEqual([good]);
    }
  });

  it('row 43: streamId is a string as in 1.9.5, not the object of 1.0', async () => {
    const { caller, about, conferenceId } = await aRoom();
    const streamId = await caller.publish(conferenceId, about.userEndpointId);
    const candidates = { ...about, iceCandidates: [] };
    const add = (id: unknown) =>
      caller.call('addPublishStreamIceCandidates', { body: { ...candidates, streamId: id } });
    expect((await add(streamId)).status).toBe(204);
    expect(await add({ id: streamId })).toMatchObject(anError(400));
  });
});
