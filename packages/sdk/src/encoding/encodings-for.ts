import { classicCameraPresets, screenPresets, wideCameraPresets, type VideoPreset } from './presets.ts';

/** Video codecs that an app can prefer. A browser that cannot send the preferred codec sends VP8. */
export type VideoCodec = 'VP8' | 'H264' | 'VP9' | 'AV1';

/** The properties that determine how a video is encoded. */
export interface VideoShape {
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
  readonly isScreen: boolean;
  readonly codec: VideoCodec;
  /** Limit for all layers together, in bits per second; 0 for as much as the size needs. */
  readonly maxBitrateBps: number;
  /** Whether to send several sizes, from which the server chooses. */
  readonly simulcast: boolean;
}

/** Newer codecs need less bitrate for the same quality. */
const bitrateFactor: Readonly<Record<VideoCodec, number>> = { VP8: 1, H264: 1, VP9: 0.85, AV1: 0.7 };
/** From small to large. */
const rids = ['q', 'h', 'f'] as const;
/** Below this limit, one good layer is better than several. */
const leastForLayersBps = 300_000;
const leastForHalfScreenBps = 150_000;
const smallHeights = [180, 360] as const;
/** A smaller layer saves too little when the full size is less than this many times larger. */
const leastScale = 1.25;
/** Encoders need at least this many pixels on each side. */
const leastSidePx = 16;

interface Layer {
  readonly scaleResolutionDownBy: number;
  readonly maxBitrate: number;
  readonly maxFramerate: number;
}

/** Returns one encoding for each layer, from small to large. Encodings have a `rid` only if there are several. */
export function encodingsFor(shape: VideoShape): RTCRtpEncodingParameters[] {
  const { maxBitrateBps, codec } = shape;
  const usual = layersOf(shape);
  const sum = usual.reduce((sum, { maxBitrate }) => sum + maxBitrate, 0);
  const factor = maxBitrateBps > 0 ? Math.min(1, maxBitrateBps / sum) : bitrateFactor[codec];
  const single = usual.length === 1;
  return usual.map((layer, index) => ({
    ...(!single && { rid: rids[index] ?? '' }),
    ...layer,
    maxBitrate: single && maxBitrateBps > 0 ? maxBitrateBps : Math.round(layer.maxBitrate * factor),
  }));
}

function layersOf({ width, height, frameRate, isScreen, maxBitrateBps, simulcast }: VideoShape): Layer[] {
  const longest = Math.max(width, height);
  const shortest = Math.min(width, height);
  const presets = isScreen ? screenPresets : cameraPresets(longest, shortest);
  const top: Layer = {
    scaleResolutionDownBy: 1,
    maxBitrate: presetFor(presets, typicalWidth(presets, width * height), frameRate).maxBitrateBps,
    maxFramerate: frameRate,
  };
  if (!simulcast || (maxBitrateBps > 0 && maxBitrateBps < leastForLayersBps)) return [top];
  if (isScreen) {
    if (shortest < 2 * leastSidePx) return [top];
    const half = Math.max(leastForHalfScreenBps, Math.round(top.maxBitrate / 4));
    return [{ ...top, scaleResolutionDownBy: 2, maxBitrate: half }, top];
  }
  const count = longest >= 960 ? 2 : longest >= 480 ? 1 : 0;
  // A strip of video is long, but has no room for smaller layers.
  const useful = smallHeights.slice(0, count).filter((heightPx) => shortest >= heightPx * leastScale);
  const smaller = useful.map((heightPx) => {
    const { maxBitrateBps, frameRate: usualRate } =
      presets.find(({ height }) => height === heightPx) ?? presetFor(presets, heightPx, frameRate);
    return {
      scaleResolutionDownBy: shortest / heightPx,
      maxBitrate: maxBitrateBps,
      maxFramerate: Math.min(usualRate, frameRate),
    };
  });
  return [...smaller, top];
}

/** Returns the width that a video of the presets' shape has with as many pixels, so that odd shapes get what they need. */
function typicalWidth(presets: readonly VideoPreset[], pixels: number): number {
  const { width, height } = presets.at(-1) as VideoPreset;
  return Math.round(Math.sqrt((pixels * width) / height));
}

/** Returns the presets of the nearest aspect ratio. */
function cameraPresets(longest: number, shortest: number): readonly VideoPreset[] {
  const form = longest / shortest;
  return Math.abs(form - 16 / 9) < Math.abs(form - 4 / 3) ? wideCameraPresets : classicCameraPresets;
}

/** Returns the largest preset within the video's size, with the lowest sufficient frame rate of that size. */
function presetFor(presets: readonly VideoPreset[], widthPx: number, frameRate: number): VideoPreset {
  const smallest = presets[0] as VideoPreset;
  const width = presets.findLast((preset) => preset.width <= widthPx)?.width ?? smallest.width;
  const ofSize = presets.filter((preset) => preset.width === width);
  return ofSize.find((preset) => preset.frameRate >= frameRate) ?? ofSize.at(-1) ?? smallest;
}

/** Returns the encoder's start bitrate: 90 % of its limit, so that the first seconds are not blurred. */
export function startBitrateFor(encodings: readonly RTCRtpEncodingParameters[], isScreen: boolean): number {
  const target = encodings.reduce((sum, { maxBitrate = 0 }) => sum + maxBitrate, 0);
  return Math.min(Math.round(target * 0.9), isScreen ? Infinity : 1_000_000);
}
