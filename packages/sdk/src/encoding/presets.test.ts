import { describe, expect, it } from 'vitest';
import {
  audioBitrates,
  classicCameraPresets,
  screenPresets,
  wideCameraPresets,
  type VideoPreset,
} from './presets.ts';

const bitsPerPixel = ({ width, height, maxBitrateBps, frameRate }: VideoPreset) =>
  maxBitrateBps / (width * height * frameRate);

/** Pairs of a preset and the next larger one. */
const steps = (presets: readonly VideoPreset[]) =>
  presets.slice(1).map((larger, index) => [presets[index], larger] as readonly [VideoPreset, VideoPreset]);

describe.each([
  ['16:9', wideCameraPresets, 16 / 9],
  ['4:3', classicCameraPresets, 4 / 3],
])('presets for %s cameras', (_name, presets, ratio) => {
  it('have that shape', () => {
    for (const { width, height } of presets) expect(width / height).toBeCloseTo(ratio, 2);
  });

  it('grow in size, bitrate and frame rate, while each pixel needs less', () => {
    for (const [smaller, larger] of steps(presets)) {
      expect(larger.width).toBeGreaterThan(smaller.width);
      expect(larger.height).toBeGreaterThan(smaller.height);
      expect(larger.maxBitrateBps).toBeGreaterThan(smaller.maxBitrateBps);
      expect(larger.frameRate).toBeGreaterThanOrEqual(smaller.frameRate);
      // Encoders do better with more pixels, but not by more than this from one size to the next.
      expect(bitsPerPixel(larger) / bitsPerPixel(smaller)).toBeGreaterThan(0.4);
      expect(bitsPerPixel(larger) / bitsPerPixel(smaller)).toBeLessThan(1.1);
    }
  });

  it('are ones that VP8 encodes well in a call', () => {
    for (const preset of presets) {
      expect(bitsPerPixel(preset)).toBeGreaterThan(0.03);
      expect(bitsPerPixel(preset)).toBeLessThan(0.4);
      expect(preset.frameRate).toBeGreaterThanOrEqual(20);
      expect(preset.frameRate).toBeLessThanOrEqual(30);
    }
  });
});

it('presets for screens grow in size or frame rate, and in bitrate', () => {
  for (const [smaller, larger] of steps(screenPresets)) {
    expect(larger.width * larger.height).toBeGreaterThanOrEqual(smaller.width * smaller.height);
    expect(larger.maxBitrateBps).toBeGreaterThan(smaller.maxBitrateBps);
    if (larger.width === smaller.width) expect(larger.frameRate).toBeGreaterThan(smaller.frameRate);
  }
  for (const preset of screenPresets) {
    expect(preset.width / preset.height).toBeCloseTo(16 / 9);
    expect(preset.frameRate).toBeLessThanOrEqual(30);
    expect(bitsPerPixel(preset)).toBeGreaterThan(0.05);
    expect(bitsPerPixel(preset)).toBeLessThan(0.3);
  }
});

it('bitrates for audio grow with what they are for, within what Opus can use', () => {
  const { telephone, speech, music, stereoMusic, highQuality } = audioBitrates;
  const ordered = [telephone, speech, music, stereoMusic, highQuality];
  expect(ordered).toEqual(ordered.toSorted((a, b) => a - b));
  expect(telephone).toBeGreaterThanOrEqual(6_000);
  expect(highQuality).toBeLessThanOrEqual(128_000);
});
