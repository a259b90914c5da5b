import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test, type Browser } from '@playwright/test';
import { Caller } from './support/caller.ts';
import {
  loudestHz,
  powerAt,
  probe,
  readBarCodes,
  readBeepsMs,
  readFlashesMs,
  readSamples,
  type ReadFrame,
} from './support/decode-recording.ts';
import { encryptWith } from './support/encrypt-with.ts';
import { expect } from './support/expect.ts';
import { publishFlashesAndBeeps } from './support/flash-and-beep.ts';
import { offerCodecs, type OfferedCodecs } from './support/offer-codecs.ts';
import { OwnServer } from './support/own-server.ts';

/** The parts of a manifest that journeys look at. */
interface Manifest {
  readonly recordingId: string;
  readonly state: string;
  readonly startedAt: string;
  readonly endReason?: string;
  readonly streams: readonly {
    readonly name?: string;
    readonly notRecorded?: string;
    readonly files: readonly RecordedFile[];
  }[];
}

interface RecordedFile {
  readonly name: string;
  readonly kind: 'audio' | 'video';
  readonly codec: string;
  readonly offsetMs: number;
  readonly durationMs: number;
  readonly bytes: number;
  readonly endReason?: string;
}

const composer = fileURLToPath(new URL('../packages/server/src/compose-recording.ts', import.meta.url));
const tones = [300, 440, 660, 880, 1_000];
/** Measured: -3 to 32 ms. A machine that is too busy to read the first sender reports in time takes them for later ones. */
const maxDelayMs = 300;

test.describe.configure({ timeout: 120_000 });

/** The servers of a test, which must not outlive it, whatever its outcome. */
const toClose: RecordingServer[] = [];
test.afterEach(async () => {
  for (const server of toClose.splice(0)) await server.close();
});

/** A server that records, and everything that a journey does with it. */
class RecordingServer {
  readonly server: OwnServer;
  readonly folder: string;

  private constructor(server: OwnServer, folder: string) {
    this.server = server;
    this.folder = folder;
  }

  static async start(settings: Readonly<Record<string, string>> = {}): Promise<RecordingServer> {
    const folder = mkdtempSync(join(tmpdir(), 'parley-recordings-'));
    const server = await OwnServer.start({ PARLEY_RECORDING_DIR: folder, ...settings });
    const started = new RecordingServer(server, folder);
    toClose.push(started);
    return started;
  }

  /** A page that has joined the conference and may record it. */
  async join(
    browser: Browser,
    conferenceId: string,
    name: string,
    offered: OfferedCodecs = {},
  ): Promise<Caller> {
    const caller = await Caller.open(browser);
    await caller.page.evaluate(offerCodecs, offered);
    await caller.joinAt(await this.invite(conferenceId), name);
    return caller;
  }

  /** A ticket for the conference, which is created unless it exists; its holders may record. */
  async invite(conferenceId: string): ReturnType<OwnServer['invite']> {
    await this.server.openConference(conferenceId);
    return this.server.invite(conferenceId, { permissions: { record: true } });
  }

  async manifests(conferenceId: string): Promise<readonly Manifest[]> {
    const answer = await this.server.ask(`conferences/${conferenceId}/recordings`);
    return (await answer.json()) as readonly Manifest[];
  }

  /** Where a file of a recording is on disk. */
  pathOf({ recordingId }: Manifest, { name }: Pick<RecordedFile, 'name'>): string {
    return join(this.folder, recordingId, name);
  }

  async close(): Promise<void> {
    await this.server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const start = ({ page }: Caller) => page.evaluate(async () => window.conference.startRecording());
const stop = ({ page }: Caller) => page.evaluate(async () => window.conference.stopRecording());
const isRecording = ({ page }: Caller) =>
  page.evaluate(() => window.Parley.selectRecording(window.conference.state.getSnapshot()));
const newConference = () => `recording-${crypto.randomUUID()}`;

/** The file of this kind of the participant with this name. */
function fileOf(manifest: Manifest, name: string, kind: RecordedFile['kind']): RecordedFile {
  const file = manifest.streams
    .find((stream) => stream.name === name)
    ?.files.find((one) => one.kind === kind);
  if (!file) throw new Error(`${name} has no ${kind} in ${JSON.stringify(manifest)}`);
  return file;
}

/** How long after it was drawn each frame is on the recording's clock. */
function delaysMs(
  { startedAt }: Manifest,
  { offsetMs }: RecordedFile,
  frames: readonly ReadFrame[],
): number[] {
  const zeroMs = Date.parse(startedAt) + offsetMs;
  return frames.map(({ atMs, clockMs }) => {
    const delayMs = (Math.round(zeroMs + atMs) - clockMs) % 2 ** 24;
    return delayMs > 2 ** 23 ? delayMs - 2 ** 24 : delayMs;
  });
}

/** Checks that a file shows the bar code of `id`, in order and at the times at which it was drawn. */
function expectBarCodes(
  recording: RecordingServer,
  manifest: Manifest,
  file: RecordedFile,
  id: number,
): void {
  const frames = readBarCodes(recording.pathOf(manifest, file));
  const readable = frames.filter((frame) => frame.id === id);
  expect(readable.length).toBeGreaterThan(probe(recording.pathOf(manifest, file)).frames * 0.9);
  expect(readable.length).toBeGreaterThan(20);
  const clocks = readable.map(({ clockMs }) => clockMs);
  expect(clocks).toEqual(clocks.toSorted((a, b) => a - b));
  // Not of each frame: a busy browser captures some of them late.
  expect(Math.abs(median(delaysMs(manifest, file, readable)))).toBeLessThan(maxDelayMs);
}

test('records what was sent, with the times at which it was sent, and everyone knows', async ({
  browser,
}) => {
  const recording = await RecordingServer.start();
  const conferenceId = newConference();
  const ada = await recording.join(browser, conferenceId, 'Ada');
  const bob = await recording.join(browser, conferenceId, 'Bob');
  // Before the first stream.
  const { id } = await start(ada);
  await expect.poll(() => isRecording(bob)).toBe(true);
  expect(await start(bob)).toMatchObject({ id });
  await ada.publish(11, 440);
  await bob.publish(22, 880);
  await ada.expectVideoOf(22);
  await expect.poll(() => recordedSeconds(recording, conferenceId)).toBeGreaterThan(6);
  await stop(ada);
  await expect.poll(() => isRecording(bob)).toBe(false);

  const [manifest] = await recording.manifests(conferenceId);
  if (!manifest) throw new Error('There is no recording.');
  expect(manifest).toMatchObject({ recordingId: id, state: 'complete', endReason: 'stopped' });
  for (const [name, barCode, toneHz] of [
    ['Ada', 11, 440],
    ['Bob', 22, 880],
  ] as const) {
    const video = fileOf(manifest, name, 'video');
    expectBarCodes(recording, manifest, video, barCode);
    const audio = fileOf(manifest, name, 'audio');
    expect(loudestHz(recording.pathOf(manifest, audio), tones)).toBe(toneHz);
    for (const file of [video, audio]) {
      const { seconds } = probe(recording.pathOf(manifest, file));
      expect(Math.abs(seconds * 1_000 - file.durationMs)).toBeLessThan(100);
    }
  }

  // Over the API, whole and in part.
  const audio = fileOf(manifest, 'Ada', 'audio');
  const path = `recordings/${manifest.recordingId}/files/${audio.name}`;
  const onDisk = readFileSync(recording.pathOf(manifest, audio));
  const whole = await recording.server.ask(path);
  expect(Buffer.from(await whole.arrayBuffer()).equals(onDisk)).toBe(true);
  const part = await recording.server.ask(path, { range: 'bytes=100-199' });
  expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 100-199/${onDisk.length}`]);
  expect(Buffer.from(await part.arrayBuffer()).equals(onDisk.subarray(100, 200))).toBe(true);

  // One video of everything: Ada on the left, Bob on the right, and both tones.
  const composed = join(recording.folder, 'composed.mp4');
  const args = ['--conditions=@parley-rtc/source', composer, join(recording.folder, id), composed];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  for (const [crop, barCode] of [
    ['crop=640:360:0:180', 11],
    ['crop=640:360:640:180', 22],
  ] as const) {
    const frames = readBarCodes(composed, crop).filter((frame) => frame.id === barCode);
    expect(frames.length).toBeGreaterThan(60);
    const delays = delaysMs(manifest, { ...audio, offsetMs: 0 }, frames);
    expect(Math.abs(median(delays))).toBeLessThan(maxDelayMs);
  }
  const samples = readSamples(composed);
  const middle = samples.subarray(samples.length / 2, samples.length / 2 + 8_000);
  for (const toneHz of [440, 880]) expect(powerAt(middle, toneHz)).toBeGreaterThan(100);

  const answer = await recording.server.ask(`recordings/${id}/delete`, { method: 'POST', body: '{}' });
  expect(answer.status).toBe(204);
  expect(readdirSync(recording.folder)).not.toContain(id);
  for (const caller of [ada, bob]) await caller.close();
});

test('a recorded flash is when its beep is', async ({ browser }) => {
  const recording = await RecordingServer.start();
  const conferenceId = newConference();
  const ada = await recording.join(browser, conferenceId, 'Ada');
  await ada.page.evaluate(publishFlashesAndBeeps);
  await start(ada);
  await expect.poll(() => recordedSeconds(recording, conferenceId), { timeout: 30_000 }).toBeGreaterThan(15);
  await stop(ada);
  const [manifest] = await recording.manifests(conferenceId);
  if (!manifest) throw new Error('There is no recording.');
  const [video, audio] = [fileOf(manifest, 'Ada', 'video'), fileOf(manifest, 'Ada', 'audio')];
  const flashes = readFlashesMs(recording.pathOf(manifest, video)).map((ms) => ms + video.offsetMs);
  const beeps = readBeepsMs(recording.pathOf(manifest, audio)).map((ms) => ms + audio.offsetMs);
  const skews = flashes.flatMap((flashMs) => {
    const near = beeps.map((beepMs) => flashMs - beepMs).filter((skewMs) => Math.abs(skewMs) < 500);
    return near.slice(0, 1);
  });
  const skewMs = median(skews);
  console.log(`video behind audio in the recording, median of ${skews.length}: ${skewMs.toFixed(0)} ms`);
  expect(skews.length).toBeGreaterThan(10);
  expect(Math.abs(skewMs)).toBeLessThan(80);
  await ada.close();
});

for (const mediaProcesses of ['1', '2']) {
  test(`a killed server leaves files that play (media processes: ${mediaProcesses})`, async ({ browser }) => {
    const recording = await RecordingServer.start({ PARLEY_MEDIA_PROCESSES: mediaProcesses });
    const { server } = recording;
    const conferenceId = newConference();
    const ada = await recording.join(browser, conferenceId, 'Ada');
    await ada.publish(11, 440);
    const { id } = await start(ada);
    await expect.poll(() => recordedSeconds(recording, conferenceId)).toBeGreaterThan(6);
    const killedMs = Date.now();
    await server.kill();

    // Before any repair.
    const folder = join(recording.folder, id);
    const left = readdirSync(folder).filter((name) => name !== 'manifest.json');
    expect(left).toHaveLength(2);
    for (const name of left) {
      const copy = join(tmpdir(), `parley-${id}-${name}`);
      writeFileSync(copy, readFileSync(join(folder, name)));
      expect(probe(copy).frames).toBeGreaterThan(100);
      rmSync(copy);
    }

    await server.startAgain();
    const [manifest] = await recording.manifests(conferenceId);
    if (!manifest) throw new Error('There is no recording.');
    expect(manifest).toMatchObject({ recordingId: id, state: 'interrupted', endReason: 'interrupted' });
    const video = fileOf(manifest, 'Ada', 'video');
    expectBarCodes(recording, manifest, video, 11);
    const lastMs = Date.parse(manifest.startedAt) + video.offsetMs + video.durationMs;
    expect(killedMs - lastMs).toBeLessThan(2_000);
    for (const kind of ['audio', 'video'] as const) {
      const file = fileOf(manifest, 'Ada', kind);
      const { seconds } = probe(recording.pathOf(manifest, file));
      expect(Math.abs(seconds * 1_000 - file.durationMs)).toBeLessThan(100);
      expect(file.endReason).toBe('interrupted');
    }
    expect(JSON.stringify(await server.readConference(conferenceId))).not.toContain('RECORDER');
    await expect.poll(() => isRecording(ada)).toBe(false);
    await ada.close();
  });
}

test('records every codec, and spatial layers of VP9', async ({ browser }) => {
  const recording = await RecordingServer.start({ PARLEY_MEDIA_PROCESSES: '2' });
  const conferenceId = newConference();
  const rows = [
    ['VP8', 'video/VP8', 'vp8'],
    ['H264', 'video/H264', 'h264'],
    ['VP9', 'video/VP9', 'vp9'],
    ['AV1', 'video/AV1', 'av1'],
    ['VP9', 'video/VP9', 'vp9', 'L2T3_KEY'],
  ] as const;
  const callers: Caller[] = [];
  for (const [index, [, mimeType, , scalabilityMode]] of rows.entries()) {
    const caller = await recording.join(browser, conferenceId, `caller ${index}`, { first: { mimeType } });
    await caller.publish(31 + index);
    if (scalabilityMode) await caller.page.evaluate(sendLayers, scalabilityMode);
    callers.push(caller);
  }
  const [ada] = callers;
  if (!ada) throw new Error('Nobody is there.');
  await start(ada);
  await expect.poll(() => recordedSeconds(recording, conferenceId), { timeout: 30_000 }).toBeGreaterThan(5);
  await stop(ada);
  const [manifest] = await recording.manifests(conferenceId);
  if (!manifest) throw new Error('There is no recording.');
  for (const [index, [name, , codec]] of rows.entries()) {
    const video = fileOf(manifest, `caller ${index}`, 'video');
    expect(video.codec).toBe(name);
    expect(probe(recording.pathOf(manifest, video)).codec).toBe(codec);
    expectBarCodes(recording, manifest, video, 31 + index);
  }
  for (const caller of callers) await caller.close();
});

test('does not record end-to-end encrypted media', async ({ browser }) => {
  const recording = await RecordingServer.start();
  const conferenceId = newConference();
  const ada = await Caller.open(browser);
  await encryptWith(ada.page, { key: 'a passphrase' });
  await ada.joinAt(await recording.invite(conferenceId), 'Ada');
  const bob = await recording.join(browser, conferenceId, 'Bob');
  const reasonOf = ({ page }: Caller) =>
    page.evaluate(() =>
      window.conference.startRecording().then(
        () => undefined,
        (error: unknown) => (error as { readonly reason?: string }).reason,
      ),
    );
  expect(await reasonOf(ada)).toBe('encrypted');
  await start(bob);
  await bob.publish(22);
  // Encrypted media that come later are left out.
  await ada.publish(11);
  await expect.poll(() => recordedSeconds(recording, conferenceId)).toBeGreaterThan(2);
  await stop(bob);
  const [manifest] = await recording.manifests(conferenceId);
  const [ofBob, ofAda] = manifest?.streams.toSorted((a, b) => b.files.length - a.files.length) ?? [];
  expect(ofBob?.files).toHaveLength(1);
  expect(ofAda).toMatchObject({ name: 'Ada', notRecorded: 'encrypted', files: [] });
  expect(await reasonOf(bob)).toBe('encrypted');
  for (const caller of [ada, bob]) await caller.close();
});

/** Makes the page's stream scalable. Passed to the browser as text. */
async function sendLayers(scalabilityMode: string): Promise<void> {
  const senders = window.probe.peerConnections().flatMap((peer) => peer.getSenders());
  const sender = senders.find(({ track }) => track?.kind === 'video');
  const parameters = sender?.getParameters();
  if (!sender || !parameters) throw new Error('This page sends no video.');
  for (const encoding of parameters.encodings) Object.assign(encoding, { scalabilityMode });
  await sender.setParameters(parameters);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The shortest of the files that are being written; 0 before there are any. */
async function recordedSeconds(recording: RecordingServer, conferenceId: string): Promise<number> {
  const [manifest] = await recording.manifests(conferenceId);
  const streams = manifest?.streams.filter(({ notRecorded }) => notRecorded === undefined) ?? [];
  if (streams.length === 0 || streams.some(({ files }) => files.length === 0)) return 0;
  return Math.min(...streams.flatMap(({ files }) => files.map(({ durationMs }) => durationMs))) / 1_000;
}
