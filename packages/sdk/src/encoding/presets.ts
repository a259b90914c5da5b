/** A video size, with the bitrate and frame rate that it needs to look good. */
export interface VideoPreset {
  readonly width: number;
  readonly height: number;
  /** Upper bound for VP8, in bits per second. */
  readonly maxBitrateBps: number;
  readonly frameRate: number;
}

type Row = readonly [width: number, height: number, maxBitrateBps: number, frameRate: number];

function preset([width, height, maxBitrateBps, frameRate]: Row): VideoPreset {
  return { width, height, maxBitrateBps, frameRate };
}

/** Presets for 16:9 cameras, from small to large. */
export const wideCameraPresets: readonly VideoPreset[] = (
  [
    [160, 90, 90_000, 20],
    [320, 180, 160_000, 20],
    [384, 216, 180_000, 20],
    [640, 360, 450_000, 20],
    [960, 540, 800_000, 25],
    [1280, 720, 1_700_000, 30],
    [1920, 1080, 3_000_000, 30],
    [2560, 1440, 5_000_000, 30],
    [3840, 2160, 8_000_000, 30],
  ] satisfies Row[]
).map(preset);

/** Presets for 4:3 cameras, from small to large. */
export const classicCameraPresets: readonly VideoPreset[] = (
  [
    [160, 120, 70_000, 20],
    [240, 180, 125_000, 20],
    [320, 240, 140_000, 20],
    [480, 360, 330_000, 20],
    [640, 480, 500_000, 20],
    [720, 540, 600_000, 25],
    [960, 720, 1_300_000, 30],
    [1440, 1080, 2_300_000, 30],
    [1920, 1440, 3_800_000, 30],
  ] satisfies Row[]
).map(preset);

/** Presets for screens, from small to large and from slow to fast. A larger screen uses the last preset. */
export const screenPresets: readonly VideoPreset[] = (
  [
    [640, 360, 200_000, 3],
    [640, 360, 400_000, 15],
    [1280, 720, 800_000, 5],
    [1280, 720, 1_500_000, 15],
    [1280, 720, 2_000_000, 30],
    [1920, 1080, 2_500_000, 15],
    [1920, 1080, 5_000_000, 30],
  ] satisfies Row[]
).map(preset);

/** Upper bounds for Opus in bits per second, for `audioBitrateBps`. */
export const audioBitrates: Readonly<
  Record<'telephone' | 'speech' | 'music' | 'stereoMusic' | 'highQuality', number>
> = {
  telephone: 12_000,
  speech: 24_000,
  music: 48_000,
  stereoMusic: 64_000,
  highQuality: 96_000,
};
