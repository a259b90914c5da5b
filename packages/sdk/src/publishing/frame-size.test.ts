import { expect, it } from 'vitest';
import { aTrack } from '../../../testing/src/browser/fake-media.ts';
import { isSameSize, sentFrameSize, settledSize } from './frame-size.ts';

const camera = aTrack('video', { width: 640, height: 360, frameRate: 20 });
const processed = aTrack('video', { frameRate: 30 });

const senderOf = (...rows: readonly object[]) => ({
  getStats: async () => new Map(rows.map((row, index) => [String(index), row])) as unknown as RTCStatsReport,
});

it('the settled size is that of the first track that knows its own', () => {
  const other = aTrack('video', { width: 1280, height: 720, frameRate: 25 });
  expect(settledSize(processed, camera, other)).toEqual({ width: 640, height: 360, frameRate: 20 });
  expect(settledSize(undefined, camera)).toEqual({ width: 640, height: 360, frameRate: 20 });
});

it.each([{ width: 640, frameRate: 30 }, { height: 360, frameRate: 30 }, { frameRate: 30 }])(
  'the settled size is what the first track says if none knows both sides: %j',
  (settings) => {
    const size = settledSize(aTrack('video', settings), aTrack('video', { frameRate: 5 }));
    expect(size).toEqual({ width: undefined, height: undefined, ...settings });
  },
);

it('the settled size is unknown without tracks', () => {
  expect(settledSize()).toEqual({ width: undefined, height: undefined, frameRate: undefined });
  expect(settledSize(undefined)).toEqual({ width: undefined, height: undefined, frameRate: undefined });
});

it('the sent size is what the sender counts, with the rate of the track', async () => {
  const codec = { type: 'codec', width: 1, height: 1 };
  const audio = { type: 'media-source' };
  const video = { type: 'media-source', width: 320, height: 180 };
  expect(await sentFrameSize(senderOf(codec, audio, video), camera)).toEqual({
    width: 320,
    height: 180,
    frameRate: 20,
  });
});

it.each([
  ['counts nothing', senderOf()],
  ['counts no height yet', senderOf({ type: 'media-source', width: 320, height: 0 })],
  ['counts no width yet', senderOf({ type: 'media-source', width: 0, height: 180 })],
  ['was closed', { getStats: () => Promise.reject(new DOMException('closed', 'InvalidStateError')) }],
])('the sent size is that of the track while the sender %s', async (_why, sender) => {
  expect(await sentFrameSize(sender, camera)).toEqual({ width: 640, height: 360, frameRate: 20 });
});

it('two sizes are the same only if width, height and rate are', () => {
  const size = { width: 640, height: 360, frameRate: 20 };
  expect(isSameSize(size, { ...size })).toBe(true);
  expect(isSameSize(size, { ...size, width: 641 })).toBe(false);
  expect(isSameSize(size, { ...size, height: 361 })).toBe(false);
  expect(isSameSize(size, { ...size, frameRate: 21 })).toBe(false);
});
