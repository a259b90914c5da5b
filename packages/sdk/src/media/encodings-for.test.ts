import { describe, expect, test } from 'vitest';
import { encodingsFor, startBitrateFor, type VideoShape } from './encodings-for.ts';

const camera: VideoShape = {
  width: 1280,
  height: 720,
  frameRate: 30,
  isScreen: false,
  codec: 'VP8',
  maxBitrateBps: 0,
  simulcast: true,
};

const brief = (shape: Partial<VideoShape>) =>
  encodingsFor({ ...camera, ...shape }).map(({ rid, scaleResolutionDownBy, maxBitrate, maxFramerate }) => [
    rid,
    scaleResolutionDownBy,
    maxBitrate,
    maxFramerate,
  ]);

describe('a camera', () => {
  test('of 720 lines is sent in three sizes, from small to large', () => {
    expect(brief({})).toEqual([
      ['q', 4, 160_000, 20],
      ['h', 2, 450_000, 20],
      ['f', 1, 1_700_000, 30],
    ]);
  });

  test.each([
    [1920, 1080, 3],
    [960, 540, 3],
    [959, 540, 2],
    [640, 360, 2],
    [480, 270, 2],
    [479, 270, 1],
    [720, 1280, 3],
  ])('of %d×%d has %d', (width, height, count) => {
    expect(brief({ width, height })).toHaveLength(count);
  });

  test('of 4:3 is sent at the bitrates of its form', () => {
    expect(brief({ width: 960, height: 720 }).map(([, , bitrate]) => bitrate)).toEqual([
      125_000, 330_000, 1_300_000,
    ]);
  });

  test('never sends a small layer faster than the large one', () => {
    expect(brief({ frameRate: 10 }).map(([, , , rate]) => rate)).toEqual([10, 10, 10]);
  });

  test.each([
    ['VP9', 1_445_000],
    ['AV1', 1_190_000],
    ['H264', 1_700_000],
  ] as const)('in %s takes %d bits per second', (codec, bitrate) => {
    expect(brief({ codec, simulcast: false })).toEqual([[undefined, 1, bitrate, 30]]);
  });

  test.each([300_000, 500_000, 1_000_000, 2_000_000])('keeps all layers together within %d', (limit) => {
    const bitrates = brief({ maxBitrateBps: limit }).map(([, , bitrate]) => Number(bitrate));
    expect(bitrates).toHaveLength(3);
    expect(bitrates.reduce((sum, one) => sum + one)).toBeLessThanOrEqual(limit + 2);
    expect(bitrates).toEqual(bitrates.toSorted((a, b) => a - b));
  });

  test('spends a small limit on one layer', () => {
    expect(brief({ maxBitrateBps: 100_000 })).toEqual([[undefined, 1, 100_000, 30]]);
  });
});

test('a screen is sent in two sizes, the smaller with a quarter of the bitrate', () => {
  const screen = { isScreen: true, width: 1920, height: 1080, frameRate: 15 };
  expect(brief(screen)).toEqual([
    ['q', 2, 625_000, 15],
    ['h', 1, 2_500_000, 15],
  ]);
  expect(brief({ ...screen, width: 640, height: 360, frameRate: 3 })[0]).toEqual(['q', 2, 150_000, 3]);
  expect(brief({ ...screen, width: 3840, height: 2160, frameRate: 30 })[1]?.[2]).toBe(5_000_000);
});

test('an encoder begins near its target; that of a camera at a million at most', () => {
  expect(startBitrateFor([{ maxBitrate: 450_000 }, { maxBitrate: 50_000 }], false)).toBe(450_000);
  expect(startBitrateFor([{ maxBitrate: 3_000_000 }], false)).toBe(1_000_000);
  expect(startBitrateFor([{ maxBitrate: 5_000_000 }], true)).toBe(4_500_000);
});
