import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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
  it('with 720 lines has three layers, from small to large', () => {
    expect(brief({})).toEqual([
      ['q', 4, 160_000, 20],
      ['h', 2, 450_000, 20],
      ['f', 1, 1_700_000, 30],
    ]);
  });

  it.each([
    [1920, 1080, 3],
    [960, 540, 3],
    [959, 540, 2],
    [640, 360, 2],
    [480, 270, 2],
    [479, 270, 1],
    [720, 1280, 3],
    [4000, 200, 1],
    [200, 4000, 1],
    [1, 1, 1],
    [160, 120, 1],
  ])('of %d×%d has %d layer(s)', (width, height, count) => {
    expect(brief({ width, height })).toHaveLength(count);
  });

  it('with 4:3 uses the bitrates of that aspect ratio', () => {
    expect(brief({ width: 960, height: 720 }).map(([, , bitrate]) => bitrate)).toEqual([
      125_000, 330_000, 1_300_000,
    ]);
  });

  it('never gives a small layer a higher frame rate than the large one', () => {
    expect(brief({ frameRate: 10 }).map(([, , , rate]) => rate)).toEqual([10, 10, 10]);
  });

  it.each([
    ['VP9', 1_445_000],
    ['AV1', 1_190_000],
    ['H264', 1_700_000],
  ] as const)('in %s needs %d bits per second', (codec, bitrate) => {
    expect(brief({ codec, simulcast: false })).toEqual([[undefined, 1, bitrate, 30]]);
  });

  it.each([300_000, 500_000, 1_000_000, 2_000_000])('keeps all layers together within %d', (limit) => {
    const bitrates = brief({ maxBitrateBps: limit }).map(([, , bitrate]) => Number(bitrate));
    expect(bitrates).toHaveLength(3);
    expect(bitrates.reduce((sum, one) => sum + one)).toBeLessThanOrEqual(limit + 2);
    expect(bitrates).toEqual(bitrates.toSorted((a, b) => a - b));
  });

  it('spends a low limit on one layer', () => {
    expect(brief({ maxBitrateBps: 100_000 })).toEqual([[undefined, 1, 100_000, 30]]);
    expect(brief({ maxBitrateBps: 299_999 })).toEqual([[undefined, 1, 299_999, 30]]);
  });

  it('needs no more than usual, whatever it may use, unless it has one layer', () => {
    expect(brief({ maxBitrateBps: 10_000_000 })).toEqual(brief({}));
    expect(brief({ maxBitrateBps: 1 + 160_000 + 450_000 + 1_700_000 })).toEqual(brief({}));
    expect(brief({ maxBitrateBps: 10_000_000, simulcast: false })).toEqual([[undefined, 1, 10_000_000, 30]]);
  });

  it.each([
    [960, 450, ['q', 'h', 'f']],
    [960, 449, ['q', 'h']],
    [960, 225, ['q', 'h']],
    [960, 224, [undefined]],
  ])('of %d×%d has a smaller layer only if that saves a quarter', (width, height, rids) => {
    expect(brief({ width, height }).map(([rid]) => rid)).toEqual(rids);
  });

  it('smaller than every preset needs as much as the smallest', () => {
    expect(brief({ width: 80, height: 45 })).toEqual([[undefined, 1, 90_000, 30]]);
    expect(brief({ width: 80, height: 60 })).toEqual([[undefined, 1, 70_000, 30]]);
  });
});

it('a screen has two layers, the smaller with a quarter of the bitrate', () => {
  const screen = { isScreen: true, width: 1920, height: 1080, frameRate: 15 };
  expect(brief(screen)).toEqual([
    ['q', 2, 625_000, 15],
    ['h', 1, 2_500_000, 15],
  ]);
  expect(brief({ ...screen, width: 640, height: 360, frameRate: 3 })[0]).toEqual(['q', 2, 150_000, 3]);
  expect(brief({ ...screen, width: 3840, height: 2160, frameRate: 30 })[1]?.[2]).toBe(5_000_000);
});

it('a screen has a smaller layer only if that has at least 16 pixels on each side', () => {
  expect(brief({ isScreen: true, width: 640, height: 32 })).toHaveLength(2);
  expect(brief({ isScreen: true, width: 640, height: 31 })).toHaveLength(1);
  expect(brief({ isScreen: true, simulcast: false })).toHaveLength(1);
});

it.each([
  [640, 360, 3, 200_000],
  [640, 360, 4, 400_000],
  [1280, 720, 5, 800_000],
  [1280, 720, 15, 1_500_000],
  [1280, 720, 16, 2_000_000],
  [1280, 720, 60, 2_000_000],
  [1920, 1080, 15, 2_500_000],
])(
  'a screen of %d×%d at %d frames per second needs %d bits per second',
  (width, height, frameRate, bitrate) => {
    expect(brief({ isScreen: true, simulcast: false, width, height, frameRate })).toEqual([
      [undefined, 1, bitrate, frameRate],
    ]);
  },
);

it('a strip of video gets the bitrate of its area, not of its length', () => {
  expect(brief({ width: 4000, height: 200 })).toEqual([[undefined, 1, 800_000, 30]]);
});

it('no size leads to layers that are too small, too alike, or without bitrate', () => {
  const sidePx = fc.integer({ min: 1, max: 8_000 });
  fc.assert(
    fc.property(sidePx, sidePx, fc.boolean(), (width, height, isScreen) => {
      const layers = encodingsFor({ ...camera, width, height, isScreen });
      expect(layers.at(-1)?.scaleResolutionDownBy).toBe(1);
      const scales = layers.map(({ scaleResolutionDownBy = 0 }) => scaleResolutionDownBy);
      for (const [index, scale] of scales.slice(0, -1).entries()) {
        expect(Math.min(width, height) / scale).toBeGreaterThanOrEqual(16);
        expect(scale).toBeGreaterThanOrEqual(1.25 * (scales[index + 1] ?? 1) * 0.99);
      }
      const bitrates = layers.map(({ maxBitrate = 0 }) => maxBitrate);
      expect(bitrates.every((bitrate) => bitrate >= 30_000)).toBe(true);
      expect(bitrates).toEqual(bitrates.toSorted((a, b) => a - b));
    }),
  );
});

it('an encoder starts near its target, and a camera at no more than 1 Mbit/s', () => {
  expect(startBitrateFor([{ maxBitrate: 450_000 }, { maxBitrate: 50_000 }], false)).toBe(450_000);
  expect(startBitrateFor([{ maxBitrate: 3_000_000 }], false)).toBe(1_000_000);
  expect(startBitrateFor([{ maxBitrate: 5_000_000 }], true)).toBe(4_500_000);
});
