import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordedFile, Recording, StartRecordingResult, WireConference } from '@parley-rtc/contract';
import { expect, it } from 'vitest';
import type { ParleyServerConfig } from '../config/parley-server-config.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { startTestServer, type Caller, type TestServer } from '../testing/test-server.ts';

interface Scene extends TestServer {
  readonly folder: string;
  readonly conferenceId: string;
  readonly userEndpointId: string;
  readonly own: { readonly conferenceId: string; readonly userEndpointId: string };
}

async function setUp(config: Partial<ParleyServerConfig> = {}): Promise<Scene> {
  const folder = temporaryFolder();
  const server = await startTestServer({ recordingDir: folder, ...config });
  const conferenceId = await server.service.create();
  const userEndpointId = await server.service.join(conferenceId, { name: 'Ada' });
  return { ...server, folder, conferenceId, userEndpointId, own: { conferenceId, userEndpointId } };
}

const start = ({ service, own }: Scene) => service.do<StartRecordingResult>('startRecording', { body: own });
const stop = ({ service, own }: Scene) => service.do('stopRecording', { body: own });
const list = ({ service, conferenceId }: Scene) =>
  service.do<readonly Recording[]>('getRecordings', { params: { id: conferenceId } });
const metadataOf = async ({ service, conferenceId }: Scene) =>
  (await service.do<WireConference>('getConference', { params: { id: conferenceId } })).metadata ?? {};
const errorOf = async (caller: Caller, operation: string, asked: object) => {
  const { status, body } = await caller.call<{ readonly error?: string }>(operation, asked);
  return [status, body?.error];
};

const file: RecordedFile = {
  name: '1-audio-1.webm',
  kind: 'audio',
  codec: 'opus',
  offsetMs: 20,
  durationMs: 1_000,
  bytes: 5,
  sizes: [],
  gaps: [],
};

it('records the streams that are there, and those that come later, and says so to everyone', async () => {
  const scene = await setUp();
  const { service, mediaRouter, conferenceId, userEndpointId, folder } = scene;
  const { recordingId } = await start(scene);
  expect(Object.keys(await metadataOf(scene))).toEqual([`RECORDER/server/${recordingId}`]);
  const streamId = await service.publish(conferenceId, userEndpointId);
  await expect.poll(() => mediaRouter.recorders.size).toBe(1);
  const [recorder] = [...mediaRouter.recorders.values()];
  expect(recorder).toMatchObject({ folder: join(folder, recordingId), namePrefix: '1' });
  const { recorderId = '' } = recorder ?? {};
  mediaRouter.reportRecorder({ recorderId, files: [file], isEnded: false });
  await expect.poll(async () => (await list(scene))[0]?.bytes).toBe(5);
  expect(await list(scene)).toMatchObject([
    { recordingId, state: 'recording', streams: [{ streamId, name: 'Ada', files: [file] }] },
  ]);
  await stop(scene);
  expect(await metadataOf(scene)).toEqual({});
  expect(mediaRouter.recorders.size).toBe(0);
  const [manifest] = await list(scene);
  expect(manifest).toMatchObject({
    state: 'complete',
    endReason: 'stopped',
    startedBy: { userEndpointId },
    stoppedBy: { userEndpointId },
  });
  const stored = JSON.parse(readFileSync(join(folder, recordingId, 'manifest.json'), 'utf8')) as Recording;
  expect(stored).toMatchObject({ ...manifest });
  expect(manifest).not.toHaveProperty('creator');
});

it('answers two starts at the same time with one recording', async () => {
  const scene = await setUp();
  const results = await Promise.all([start(scene), start(scene), start(scene)]);
  expect(new Set(results.map(({ recordingId }) => recordingId)).size).toBe(1);
  expect(readdirSync(scene.folder)).toHaveLength(1);
  expect(await start(scene)).toEqual(results[0]);
});

it('leaves the entries of other recorders alone, and lets nobody write its own', async () => {
  const scene = await setUp();
  const { service, own } = scene;
  const entry = { ...own, key: 'RECORDER', operation: 'SET', value: '{"on":true}' };
  await service.do('updateMetadata', { body: entry });
  const { recordingId } = await start(scene);
  const key = `RECORDER/server/${recordingId}`;
  for (const change of [{ operation: 'REMOVE' }, { operation: 'SET', value: '{"on":false}' }]) {
    expect(await errorOf(service, 'updateMetadata', { body: { ...own, key, ...change } })).toEqual([
      403,
      'forbidden',
    ]);
  }
  await stop(scene);
  expect(Object.keys(await metadataOf(scene))).toEqual(['RECORDER']);
});

it('refuses without a folder, without the permission, above its space, and what nobody records', async () => {
  const without = await startTestServer();
  const conferenceId = await without.service.create();
  const body = { conferenceId, userEndpointId: await without.service.join(conferenceId) };
  expect(await errorOf(without.service, 'startRecording', { body })).toEqual([400, 'recording_unavailable']);
  expect(await errorOf(without.service, 'stopRecording', { body })).toEqual([404, 'not_recording']);
  expect(await without.service.do('getRecordings', { params: { id: conferenceId } })).toEqual([]);

  const scene = await setUp({ recordingMaxBytes: 5 });
  const guest = await scene.guest(scene.conferenceId);
  const guestBody = {
    conferenceId: scene.conferenceId,
    userEndpointId: await guest.join(scene.conferenceId),
  };
  expect(await errorOf(guest, 'startRecording', { body: guestBody })).toEqual([403, 'forbidden']);
  expect(await errorOf(scene.service, 'startRecording', { body: guestBody })).toEqual([403, 'forbidden']);
  await scene.service.publish(scene.conferenceId, scene.userEndpointId);
  await start(scene);
  const [recorder] = [...scene.mediaRouter.recorders.values()];
  scene.mediaRouter.reportRecorder({ recorderId: recorder?.recorderId ?? '', files: [file], isEnded: false });
  await expect.poll(async () => (await list(scene))[0]?.endReason).toBe('storage_full');
  expect(await metadataOf(scene)).toEqual({});
  expect(await errorOf(scene.service, 'startRecording', { body: scene.own })).toEqual([
    400,
    'limit_exceeded',
  ]);
});

it('ends when the disk is full, and says why', async () => {
  const scene = await setUp();
  await scene.service.publish(scene.conferenceId, scene.userEndpointId);
  const { recordingId } = await start(scene);
  const [recorder] = [...scene.mediaRouter.recorders.values()];
  const { recorderId = '' } = recorder ?? {};
  scene.mediaRouter.reportRecorder({ recorderId, files: [file], isEnded: false, failure: 'disk_full' });
  await expect.poll(async () => (await list(scene))[0]?.endReason).toBe('disk_full');
  const events = await scene.service.events(scene.conferenceId);
  const changes = events.flatMap((event) => {
    const { key, operation, value } = event as { key?: string; operation?: string; value?: string };
    return key === `RECORDER/server/${recordingId}` ? [[operation, value]] : [];
  });
  expect(changes).toEqual([
    ['SET', '{"on":true}'],
    ['SET', '{"on":false,"reason":"disk_full"}'],
    ['REMOVE', undefined],
  ]);
});

it('ends with the conference, and not when its starter leaves', async () => {
  const scene = await setUp();
  const { service, own, conferenceId } = scene;
  await start(scene);
  await service.do('leave', { body: own });
  expect(await list(scene)).toMatchObject([{ state: 'recording' }]);
  await service.do('end', { body: own });
  await expect.poll(() => list(scene)).toMatchObject([{ state: 'complete', endReason: 'conference_ended' }]);
  expect(await list(scene)).toHaveLength(1);
  expect(conferenceId).toBeTruthy();
});

it('records nothing of encrypted streams', async () => {
  const scene = await setUp();
  const { service, own, mediaRouter } = scene;
  const publish = (body: object) =>
    service.do('publishStream', { body: { ...own, conferenceStreamType: 'CAM', sdpOffer: 'v=0', ...body } });
  await start(scene);
  await publish({ streamId: 'secret', isEncrypted: true });
  await publish({ streamId: 'open' });
  await expect.poll(() => mediaRouter.recorders.size).toBe(1);
  await stop(scene);
  const [manifest] = await list(scene);
  expect(manifest?.streams).toMatchObject([
    { streamId: 'secret', notRecorded: 'encrypted', files: [] },
    { streamId: 'open', notRecorded: 'no_media' },
  ]);
  expect(await errorOf(service, 'startRecording', { body: own })).toEqual([400, 'media_encrypted']);
});

it('serves the files that the manifest names, in parts too, to those who may record', async () => {
  const scene = await setUp();
  const { service, mediaRouter, conferenceId, userEndpointId, folder, url } = scene;
  await service.publish(conferenceId, userEndpointId);
  const { recordingId } = await start(scene);
  const [recorder] = [...mediaRouter.recorders.values()];
  writeFileSync(join(folder, recordingId, file.name), 'media');
  mediaRouter.reportRecorder({ recorderId: recorder?.recorderId ?? '', files: [file], isEnded: true });
  await stop(scene);
  const get = (name: string, { token }: Caller, headers = {}) =>
    fetch(`${url}/rtc-api/recordings/${recordingId}/files/${encodeURIComponent(name)}`, {
      headers: { authorization: `Bearer ${token}`, ...headers },
    });
  const whole = await get(file.name, service);
  expect([whole.status, whole.headers.get('content-type'), await whole.text()]).toEqual([
    200,
    'video/webm',
    'media',
  ]);
  const part = await get(file.name, service, { range: 'bytes=1-2' });
  expect([part.status, await part.text()]).toEqual([206, 'ed']);
  expect((await get(file.name, service, { range: 'bytes=9-' })).status).toBe(416);
  for (const name of ['manifest.json', '../manifest.json', '..%2Fmanifest.json', 'other.webm', '\u0000']) {
    expect((await get(name, service)).status).toBe(404);
  }
  const [foreigner, guest, user] = [
    await scene.login('foreigner'),
    await scene.guest(conferenceId),
    await scene.login('user'),
  ];
  expect((await get(file.name, foreigner)).status).toBe(404);
  expect((await get(file.name, guest)).status).toBe(403);
  expect((await get(file.name, user)).status).toBe(403);
  const params = { recordingId };
  expect(await errorOf(guest, 'deleteRecording', { params })).toEqual([403, 'forbidden']);
  await service.do('deleteRecording', { params });
  expect(readdirSync(folder)).toEqual([]);
  expect(await errorOf(service, 'getRecording', { params })).toEqual([404, 'not_found']);
});

it('follows what moderators decide: who may record now may read, and who may no longer, may not', async () => {
  const scene = await setUp();
  const { service, conferenceId, own, guest } = scene;
  const { recordingId } = await start(scene);
  await stop(scene);
  const caller = await guest(conferenceId);
  const participantId = await caller.join(conferenceId);
  const read = async () => (await caller.call('getRecording', { params: { recordingId } })).status;
  const decide = (record: boolean) =>
    service.do('updatePermissions', { body: { ...own, participantId, permissions: { record } } });
  expect(await read()).toBe(403);
  await decide(true);
  expect(await read()).toBe(200);
  await decide(false);
  expect(await read()).toBe(403);
  await decide(true);
  await service.do('removeParticipant', { body: { ...own, participantId, ban: true } });
  expect(await read()).toBe(403);
});

it('does not start with a folder that cannot be used, and says which setting names it', async () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  await expect(startTestServer({ recordingDir: file })).rejects.toThrow(/PARLEY_RECORDING_DIR/);
});

it('keeps what a media process that ended has written, and goes on', async () => {
  const scene = await setUp();
  const { service, mediaRouter, conferenceId, userEndpointId } = scene;
  await service.publish(conferenceId, userEndpointId);
  await start(scene);
  const [recorder] = [...mediaRouter.recorders.values()];
  const { recorderId = '' } = recorder ?? {};
  const complete = { ...file, endReason: 'stopped' } as const;
  mediaRouter.reportRecorder({
    recorderId,
    files: [complete, { ...file, name: 'never.webm' }],
    isEnded: false,
  });
  mediaRouter.reportRecorder({ recorderId, files: [], isEnded: true, failure: 'process_ended' });
  await expect
    .poll(() => list(scene))
    .toMatchObject([{ state: 'recording', streams: [{ notRecorded: 'process_ended', files: [complete] }] }]);
  await service.publish(conferenceId, userEndpointId, 'MIC');
  await expect.poll(() => mediaRouter.recorders.size).toBe(2);
});

it('does not delete a recording that runs', async () => {
  const scene = await setUp();
  const { recordingId } = await start(scene);
  const params = { recordingId };
  expect(await errorOf(scene.service, 'deleteRecording', { params })).toEqual([400, 'invalid_request']);
});

it('deletes recordings after the retention', async () => {
  const scene = await setUp({ recordingRetentionMs: 86_400_000, compactionIntervalMs: 3_600_000 });
  await start(scene);
  await stop(scene);
  scene.clock.advance(86_300_000);
  expect(readdirSync(scene.folder)).toHaveLength(1);
  scene.clock.advance(3_600_000);
  await expect.poll(() => readdirSync(scene.folder)).toEqual([]);
});

it('completes what a killed process left, and keeps folders that are not its own', async () => {
  const folder = temporaryFolder();
  const recordingId = crypto.randomUUID();
  mkdirSync(join(folder, recordingId));
  mkdirSync(join(folder, 'something else'));
  mkdirSync(join(folder, crypto.randomUUID()));
  const left: Recording = {
    version: 1,
    recordingId,
    conferenceId: 'gone',
    organizationId: 'o-1',
    state: 'recording',
    startedAt: '2026-01-05T10:00:00.000Z',
    startedBy: { userId: 'u', userEndpointId: 'e' },
    bytes: 0,
    streams: [
      {
        streamId: 's',
        streamType: 'MIC',
        userId: 'u',
        userEndpointId: 'e',
        files: [
          { ...file, endReason: 'stopped' },
          { ...file, name: 'lost.webm' },
        ],
      },
    ],
  };
  writeFileSync(join(folder, recordingId, 'manifest.json'), JSON.stringify(left));
  const { service } = await startTestServer({ recordingDir: folder });
  const recording = await service.do<Recording>('getRecording', { params: { recordingId } });
  expect(recording).toMatchObject({
    state: 'interrupted',
    endReason: 'interrupted',
    endedAt: '2026-01-05T10:00:01.020Z',
    bytes: 5,
    streams: [{ files: [{ name: file.name }] }],
  });
  expect(readdirSync(folder)).toHaveLength(3);
  rmSync(folder, { recursive: true });
});
