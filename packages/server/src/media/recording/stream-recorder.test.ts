import { copyFileSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ffprobe } from '../../testing/ffprobe.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import type { AcceptedMedia } from '../accepted-media.ts';
import { opus } from '../codecs/opus.ts';
import { vp8 } from '../codecs/vp8.ts';
import { vp9 } from '../codecs/vp9.ts';
import { KeyFrameRequester } from '../incoming/key-frame-requester.ts';
import { SimulcastSource } from '../incoming/simulcast-source.ts';
import { SourceStream } from '../incoming/source-stream.ts';
import type { RecorderReport } from '../media-router.ts';
import { rtpPacket } from '../testing/test-packets.ts';
import { repairWebm } from './repair-webm.ts';
import { StreamRecorder } from './stream-recorder.ts';

const media = { mid: '0', formatParameters: '', feedback: [], extensionIds: {}, hasReducedSizeRtcp: true };
const video: AcceptedMedia = { ...media, kind: 'video', codec: vp8, payloadType: 96 };
const audio: AcceptedMedia = { ...media, kind: 'audio', codec: opus, payloadType: 111 };

/** A recorder in time that the test advances, and publishers that send to it. */
class Studio {
  readonly folder: string;
  nowMs = 1_000;
  readonly reports: RecorderReport[] = [];
  readonly recorder: StreamRecorder;
  keyFrameRequests: number[] = [];

  constructor(folder = temporaryFolder()) {
    this.folder = folder;
    this.recorder = new StreamRecorder({
      request: { streamKey: 's', recorderId: 'r', namePrefix: '1', folder, startedAtMs: 0 },
      startedMs: 1_000,
      now: () => this.nowMs,
      onReport: (report) => this.reports.push(report),
    });
    onTestFinished(() => this.recorder.end('stopped'));
  }

  /** Adds a layer of `published`, and returns a function that sends a packet of it. */
  layer(published: SimulcastSource, layer = 0): (payload: Uint8Array, options?: { skip?: number }) => void {
    let sequenceNumber = 10;
    const ssrc = 100 + layer;
    const source: SourceStream = new SourceStream({
      ssrc,
      media: published.media,
      layer,
      historySize: 256,
      keyFrames: new KeyFrameRequester(() => this.keyFrameRequests.push(layer) > 0),
      onPacket: (packet, number) => this.recorder.forward(published, source, packet, number),
    });
    published.setLayer(layer, source);
    const { payloadType, codec } = published.media;
    return (payload, { skip = 0 } = {}) => {
      sequenceNumber += 1 + skip;
      const timestamp = (this.nowMs * codec.clockRate) / 1_000;
      source.receive(
        rtpPacket({ payloadType, ssrc, sequenceNumber, timestamp, marker: true, payload }),
        this.nowMs,
      );
    };
  }

  /** Lets time pass in ticks of the router, and calls `each` every `intervalMs`. */
  pass(ms: number, intervalMs = 40, each: () => void = () => {}): void {
    for (const endMs = this.nowMs + ms; this.nowMs < endMs; this.nowMs += 20) {
      if ((this.nowMs - 1_000) % intervalMs === 0) each();
      this.recorder.tick(this.nowMs);
    }
  }

  get files(): RecorderReport['files'] {
    return this.reports.at(-1)?.files ?? [];
  }

  pathOf(index: number): string {
    return join(this.folder, this.files[index]?.name ?? '');
  }
}

/** Frames of VP8 as far as the recorder reads them. */
const keyFrame = (widthPx = 320, heightPx = 240): Buffer => {
  const payload = Buffer.from('101002009d012a00000000aabb', 'hex');
  payload.writeUInt16LE(widthPx, 7);
  payload.writeUInt16LE(heightPx, 9);
  return payload;
};
const deltaFrame = Buffer.from('10110203', 'hex');
const sound = Buffer.from('fcffee', 'hex');

/** The times of the frames in a file, and which of them are key frames. */
function framesOf(path: string): readonly (readonly [ms: number, isKey: boolean])[] {
  return ffprobe('packet=pts_time,flags', path).map((line) => {
    const [seconds = '', flags = ''] = line.split(',');
    return [Math.round(Number(seconds) * 1_000), flags.startsWith('K')] as const;
  });
}

/** The duration in the header of a file. */
function durationMsOf(path: string): number {
  return Math.round(Number(ffprobe('format=duration', path)[0]) * 1_000);
}

it('writes audio and video into files of their own, at the times at which they came', async () => {
  const studio = new Studio();
  const sendVideo = studio.layer(new SimulcastSource(video));
  const sendAudio = studio.layer(new SimulcastSource(audio));
  studio.pass(100);
  sendVideo(keyFrame());
  studio.pass(2_000, 40, () => {
    sendVideo(deltaFrame);
    sendAudio(sound);
  });
  await studio.recorder.end('stopped');
  expect(studio.reports.at(-1)).toMatchObject({ recorderId: 'r', isEnded: true });
  const [ofAudio, ofVideo] = studio.files;
  expect(ofAudio).toMatchObject({
    name: '1-audio-1.webm',
    codec: 'opus',
    sizes: [],
    gaps: [],
    endReason: 'stopped',
  });
  expect(ofVideo).toMatchObject({ name: '1-video-1.webm', codec: 'VP8', offsetMs: 100, gaps: [] });
  expect(ofVideo?.sizes).toEqual([{ atMs: 100, widthPx: 320, heightPx: 240 }]);
  const frames = framesOf(studio.pathOf(1));
  expect(frames[0]).toEqual([0, true]);
  expect(frames.at(-1)?.[0]).toBe(Math.round(ofVideo?.durationMs ?? 0));
  expect(frames.length).toBeGreaterThan(45);
  expect(durationMsOf(studio.pathOf(0))).toBe((ofAudio?.durationMs ?? 0) + 20);
  expect(statSync(studio.pathOf(0)).mode & 0o777).toBe(0o600);
});

it('writes no frame that refers to a lost one, asks for a key frame, and keeps the time', async () => {
  const studio = new Studio();
  const send = studio.layer(new SimulcastSource(video));
  send(keyFrame());
  studio.pass(400, 40, () => send(deltaFrame));
  send(deltaFrame, { skip: 1 });
  studio.keyFrameRequests = [];
  studio.pass(2_000, 40, () => send(deltaFrame));
  expect(studio.keyFrameRequests.length).toBeGreaterThan(0);
  send(keyFrame());
  await studio.recorder.end('stopped');
  const [file] = studio.files;
  expect(file?.gaps).toEqual([
    { atMs: expect.closeTo(360, -2), durationMs: expect.closeTo(2_040, -2), reason: 'packets_lost' },
  ]);
  const frames = framesOf(studio.pathOf(0));
  expect(frames.at(-1)).toEqual([2_400, true]);
  expect(frames.at(-2)?.[0]).toBeLessThan(410);
});

it('lets time go on while nothing comes, and says so', async () => {
  const studio = new Studio();
  const send = studio.layer(new SimulcastSource(audio));
  send(sound);
  studio.pass(5_000);
  send(sound);
  await studio.recorder.end('stream_ended');
  expect(studio.files[0]?.gaps).toEqual([{ atMs: 0, durationMs: 5_000, reason: 'no_media' }]);
  expect(studio.files[0]).toMatchObject({ durationMs: 5_000, endReason: 'stream_ended' });
});

it('records the best layer that arrives, and changes on key frames only', async () => {
  const studio = new Studio();
  const published = new SimulcastSource({ ...video, rids: ['q', 'h'] });
  const [small, large] = [studio.layer(published, 0), studio.layer(published, 1)];
  small(keyFrame(160, 120));
  large(keyFrame());
  studio.pass(3_000, 40, () => {
    small(deltaFrame);
    large(deltaFrame);
  });
  expect(studio.recorder.needsLayer(1)).toBe(true);
  expect(studio.recorder.needsLayer(0)).toBe(false);
  // The publisher drops the larger one.
  studio.pass(1_000, 40, () => small(deltaFrame));
  expect(studio.keyFrameRequests).toContain(0);
  small(keyFrame(160, 120));
  studio.pass(3_000, 40, () => small(deltaFrame));
  expect(studio.recorder.needsLayer(0)).toBe(true);
  studio.pass(1_000, 40, () => {
    small(deltaFrame);
    large(deltaFrame);
  });
  large(keyFrame());
  await studio.recorder.end('stopped');
  const widths = studio.files[0]?.sizes.map(({ widthPx }) => widthPx);
  expect(widths).toEqual([320, 160, 320]);
  const frames = framesOf(studio.pathOf(0));
  expect(frames.filter(([, isKey]) => isKey)).toHaveLength(3);
});

it('goes on in the same file when the publisher continues on a new path, from its next key frame', async () => {
  const studio = new Studio();
  const before = studio.layer(new SimulcastSource(video));
  before(keyFrame());
  studio.pass(1_000, 40, () => before(deltaFrame));
  studio.keyFrameRequests = [];
  const after = studio.layer(new SimulcastSource(video));
  studio.pass(200, 40, () => after(deltaFrame));
  expect(studio.keyFrameRequests.length).toBeGreaterThan(0);
  after(keyFrame());
  studio.pass(1_000, 40, () => after(deltaFrame));
  await studio.recorder.end('stopped');
  expect(studio.files).toHaveLength(1);
  const frames = framesOf(studio.pathOf(0));
  expect(frames.filter(([, isKey]) => isKey).map(([ms]) => ms)).toEqual([0, 1_200]);
  expect(frames.map(([ms]) => ms)).toEqual(frames.map(([ms]) => ms).toSorted((a, b) => a - b));
});

it('begins another file when the codec changes', async () => {
  const studio = new Studio();
  const before = studio.layer(new SimulcastSource(video));
  before(keyFrame());
  studio.pass(1_000, 40, () => before(deltaFrame));
  const after = studio.layer(new SimulcastSource({ ...video, codec: vp9 }));
  after(Buffer.from('888123824983422013f00b30003824', 'hex'));
  await studio.recorder.end('stopped');
  expect(studio.files.map(({ codec, name, endReason }) => [codec, name, endReason])).toEqual([
    ['VP8', '1-video-1.webm', 'codec_changed'],
    ['VP9', '1-video-2.webm', 'stopped'],
  ]);
  expect(studio.files[1]?.offsetMs).toBe(1_000);
});

it('reports a disk that takes nothing, and ends the file', async () => {
  const studio = new Studio(join(temporaryFolder(), 'missing'));
  const send = studio.layer(new SimulcastSource(audio));
  send(sound);
  await studio.recorder.end('stopped');
  expect(studio.reports.at(-1)).toMatchObject({ isEnded: true, failure: 'write_failed' });
});

it('leaves a file that plays wherever the process is killed, and repairs it', async () => {
  const studio = new Studio();
  const send = studio.layer(new SimulcastSource(video));
  send(keyFrame());
  for (let second = 0; second < 4; second += 1) {
    studio.pass(1_000, 40, () => send(deltaFrame));
    await new Promise((resolve) => setTimeout(resolve, 20));
    send(keyFrame());
  }
  studio.pass(1_000, 40, () => send(deltaFrame));
  await new Promise((resolve) => setTimeout(resolve, 50));
  const running = studio.pathOf(0);
  const { length } = readFileSync(running);
  for (const cut of [0, 1, 5, 12]) {
    const copy = join(studio.folder, `killed-${cut}.webm`);
    copyFileSync(running, copy);
    truncateSync(copy, length - cut);
    const frames = framesOf(copy);
    expect(frames.length).toBeGreaterThan(100);
    const found = await repairWebm(copy);
    const repaired = framesOf(copy);
    expect(repaired.at(-1)?.[0]).toBe(found.durationMs);
    expect(found.bytes).toBe(statSync(copy).size);
    expect(found.bytes).toBeGreaterThan(length - cut - 20);
    expect(durationMsOf(copy)).toBe(found.durationMs);
    // Once more changes nothing.
    expect(await repairWebm(copy)).toEqual(found);
  }
});
