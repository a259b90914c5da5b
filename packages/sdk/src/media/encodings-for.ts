import { classicCameraPresets, screenPresets, type VideoPreset, wideCameraPresets } from './presets.ts';

/** Codecs that can be asked for. A browser that cannot send one sends VP8. */
export type VideoCodec = 'VP8' | 'H264' | 'VP9' | 'AV1';

/** What decides how a video is encoded. */
export interface VideoShape {
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
  readonly isScreen: boolean;
  readonly codec: VideoCodec;
  /** For all layers together, in bits per second; 0 for as much as the size takes. */
  readonly maxBitrateBps: number;
  /** Several sizes at once, for the server to choose from. */
  readonly simulcast: boolean;
}

/** Newer codecs need less for the same picture. */
const bitrateFactor: Readonly<Record<VideoCodec, number>> = { VP8: 1, H264: 1, VP9: 0.85, AV1: 0.7 };
/** From small to large. */
const rids = ['q', 'h', 'f'] as const;
/** A limit below this is spent on one good layer. */
const leastForLayersBps = 300_000;
const leastForHalfScreenBps = 150_000;
const smallHeights = [180, 360] as const;

interface Layer {
  readonly scaleResolutionDownBy: number;
  readonly maxBitrate: number;
  readonly maxFramerate: number;
}

/** How to encode a video: one entry for each layer, from small to large, each with its `rid` when there are several. */
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
    maxBitrate: presetFor(presets, longest, frameRate).maxBitrateBps,
    maxFramerate: frameRate,
  };
  if (!simulcast || (maxBitrateBps > 0 && maxBitrateBps < leastForLayersBps)) return [top];
  if (isScreen) {
    const half = Math.max(leastForHalfScreenBps, Math.round(top.maxBitrate / 4));
    return [{ ...top, scaleResolutionDownBy: 2, maxBitrate: half }, top];
  }
  const count = longest >= 960 ? 2 : longest >= 480 ? 1 : 0;
  const smaller = smallHeights.slice(0, count).map((wanted) => {
    const { maxBitrateBps, frameRate: usualRate } =
      presets.find(({ height }) => height === wanted) ?? presetFor(presets, wanted, frameRate);
    return {
      scaleResolutionDownBy: Math.max(1, shortest / wanted),
      maxBitrate: maxBitrateBps,
      maxFramerate: Math.min(usualRate, frameRate),
    };
  });
  return [...smaller, top];
}

/** Those whose form is nearest. */
function cameraPresets(longest: number, shortest: number): readonly VideoPreset[] {
  const form = longest / shortest;
  return Math.abs(form - 16 / 9) < Math.abs(form - 4 / 3) ? wideCameraPresets : classicCameraPresets;
}

/** The largest that is not larger than the picture; of one size, the slowest that is fast enough. */
function presetFor(presets: readonly VideoPreset[], longest: number, frameRate: number): VideoPreset {
  const smallest = presets[0] as VideoPreset;
  const width = presets.findLast((preset) => preset.width <= longest)?.width ?? smallest.width;
  const ofSize = presets.filter((preset) => preset.width === width);
  return ofSize.find((preset) => preset.frameRate >= frameRate) ?? ofSize.at(-1) ?? smallest;
}

/** What the encoder should begin with: nearly all that it may use, so that the first seconds are not blurred. */
export function startBitrateFor(encodings: readonly RTCRtpEncodingParameters[], isScreen: boolean): number {
  const target = encodings.reduce((sum, { maxBitrate = 0 }) => sum + maxBitrate, 0);
  return Math.min(Math.round(target * 0.9), isScreen ? Infinity : 1_000_000);
}
