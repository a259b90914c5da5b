import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { SimulcastSource } from '../incoming/simulcast-source.ts';
import type { SourceStream } from '../incoming/source-stream.ts';
import { ViewLayers } from './view-layers.ts';
import type { ViewerLeg } from './viewer-leg.ts';

const kbps = 1_000;

/** What the three layers of the video send, smallest first. */
let ratesBps: number[];
let isLive: boolean[];
let highestTemporalId: number;
let temporalIds: number[];
let nowMs: number;
const requestKeyFrame = vi.fn<() => void>();
const abandon = vi.fn<() => void>();
let leg: { target: SourceStream | undefined; current: SourceStream | undefined };
let view: ViewLayers;

const streams = [0, 1, 2].map(
  (layer) =>
    ({
      layer,
      rate: { bitsPerSecond: () => ratesBps[layer] },
      keyFrames: { request: requestKeyFrame },
    }) as unknown as SourceStream,
);
const published = {
  layers: streams,
  heightPx: (layer: number) => 180 * 2 ** layer,
  isLive: (layer: number) => isLive[layer],
} as unknown as SimulcastSource;

beforeEach(() => {
  ratesBps = [150 * kbps, 500 * kbps, 1_500 * kbps];
  isLive = [true, true, true];
  highestTemporalId = 0;
  temporalIds = [];
  nowMs = 100_000;
  requestKeyFrame.mockReset();
  abandon.mockReset();
  const fake = {
    target: undefined as SourceStream | undefined,
    current: undefined as SourceStream | undefined,
    get highestTemporalId() {
      return highestTemporalId;
    },
    // The key frame arrives immediately.
    switchTo: (source: SourceStream) => {
      fake.target = source;
      fake.current = source;
    },
    limitTemporalId: (temporalId: number) => void temporalIds.push(temporalId),
    abandon,
  };
  leg = fake;
  view = new ViewLayers(fake as unknown as ViewerLeg);
  // The needs of all layers become known.
  updateFor(10_000);
  abandon.mockReset();
});

/** Updates once a second with this limit. Returns the layer that is sent. */
function updateFor(ms: number, bitrateBps?: number, link: { isSeen?: boolean; isFull?: boolean } = {}) {
  const limit = { bitrateBps, isSeen: true, isFull: false, ...link };
  for (const endMs = nowMs + ms; nowMs < endMs;) {
    nowMs += Math.min(500, endMs - nowMs);
    view.update(published, limit, nowMs);
  }
  return leg.current?.layer;
}

describe('a view on a link whose capacity changes', () => {
  it('gets the best layer that the link carries', () => {
    expect(updateFor(500)).toBe(2);
    expect(updateFor(500, 600 * kbps)).toBe(1);
    expect(updateFor(500, 100 * kbps, { isFull: true })).toBe(0);
  });

  it('rises 3 s after a fall that no rise caused, not sooner', () => {
    updateFor(20_000, 2_000 * kbps);
    updateFor(500, 1_200 * kbps);
    expect(updateFor(2_500, 1_750 * kbps)).toBe(1);
    expect(updateFor(500, 1_750 * kbps)).toBe(2);
  });

  it('rises immediately on a link that carries half as much again as at the fall, if that was seen', () => {
    updateFor(20_000, 2_000 * kbps);
    updateFor(500, 1_200 * kbps);
    expect(updateFor(500, 1_799 * kbps)).toBe(1);
    expect(updateFor(500, 1_800 * kbps, { isSeen: false })).toBe(1);
    expect(updateFor(500, 1_800 * kbps)).toBe(2);
  });

  it('waits 15 s after a rise that failed within 10 s, and 30 s after the next one', () => {
    updateFor(20_000, 2_000 * kbps);
    updateFor(500, 1_200 * kbps);
    updateFor(3_000, 1_750 * kbps);
    // The rise failed.
    updateFor(500, 1_200 * kbps);
    expect(updateFor(14_500, 1_750 * kbps)).toBe(1);
    expect(updateFor(500, 1_750 * kbps)).toBe(2);
    updateFor(500, 1_200 * kbps);
    expect(updateFor(29_500, 1_750 * kbps)).toBe(1);
    expect(updateFor(500, 1_750 * kbps)).toBe(2);
    // Half a minute is the longest wait.
    updateFor(500, 1_200 * kbps);
    expect(updateFor(29_500, 1_750 * kbps)).toBe(1);
    expect(updateFor(500, 1_750 * kbps)).toBe(2);
  });

  it('waits 3 s again after a rise that lasted 10 s', () => {
    updateFor(20_000, 2_000 * kbps);
    updateFor(500, 1_200 * kbps);
    updateFor(3_000, 1_750 * kbps);
    updateFor(9_500, 1_750 * kbps);
    updateFor(500, 1_200 * kbps);
    expect(updateFor(2_500, 1_750 * kbps)).toBe(1);
    expect(updateFor(500, 1_750 * kbps)).toBe(2);
  });

  it('may rise immediately after the viewer, not the link, asked for less', () => {
    updateFor(20_000, 2_000 * kbps);
    view.limitHeight(180);
    expect(updateFor(500, 2_000 * kbps)).toBe(0);
    expect(abandon).not.toHaveBeenCalled();
    view.limitHeight(undefined);
    expect(updateFor(500, 2_000 * kbps)).toBe(2);
  });

  it('drops what is queued of a layer that no longer fits, but not of one that stopped arriving', () => {
    updateFor(20_000, 2_000 * kbps);
    updateFor(500, 1_200 * kbps);
    expect(abandon).toHaveBeenCalledOnce();
    updateFor(4_000, 2_000 * kbps);
    abandon.mockReset();
    isLive[2] = false;
    expect(updateFor(500, 2_000 * kbps)).toBe(1);
    expect(abandon).not.toHaveBeenCalled();
  });
});

describe('a probe', () => {
  it('must prove a fifth more than the next layer needs', () => {
    updateFor(20_000, 600 * kbps);
    expect(view.nextNeedBps).toBeCloseTo(1_500 * kbps * 1.15 * 1.05);
  });

  it('must prove half as much again as at the last fall, while that is recent', () => {
    updateFor(20_000, 2_000 * kbps);
    updateFor(500, 1_400 * kbps);
    expect(leg.current?.layer).toBe(2);
    updateFor(500, 1_300 * kbps);
    expect(view.nextNeedBps).toBeCloseTo(1_300 * kbps * 1.5);
    updateFor(3_000, 1_300 * kbps);
    expect(view.nextNeedBps).toBeCloseTo(1_500 * kbps * 1.15 * 1.05);
  });

  it('is not needed by a view that has all that is useful to it', () => {
    updateFor(500, 2_000 * kbps);
    expect(view.nextNeedBps).toBeUndefined();
    view.limitHeight(360);
    updateFor(500, 600 * kbps);
    expect(view.nextNeedBps).toBeUndefined();
  });

  it('is not made for a layer that does not arrive', () => {
    isLive[2] = false;
    updateFor(500, 600 * kbps);
    expect(view.nextNeedBps).toBeUndefined();
  });
});

describe('a video whose smallest layer is too large', () => {
  beforeEach(() => {
    isLive = [true, false, false];
    updateFor(1_000, 400 * kbps);
  });

  it('loses frames first, and asks for what the next frames need', () => {
    highestTemporalId = 2;
    updateFor(500, 100 * kbps);
    expect(temporalIds.at(-1)).toBe(1);
    expect(view.nextNeedBps).toBeCloseTo(150 * kbps * 1 * 1.15 * 1.05);
    updateFor(500, 60 * kbps);
    expect(temporalIds.at(-1)).toBe(0);
    expect(view.nextNeedBps).toBeCloseTo(150 * kbps * 0.6 * 1.15 * 1.05);
    updateFor(500, 400 * kbps);
    expect(temporalIds.at(-1)).toBeGreaterThanOrEqual(2);
  });

  it('stops only after a second and a half on a full link', () => {
    updateFor(60_000, 100 * kbps);
    expect(view.isStopped).toBe(false);
    updateFor(1_500, 100 * kbps, { isFull: true });
    expect(view.isStopped).toBe(false);
    updateFor(500, 100 * kbps, { isFull: true });
    expect(view.isStopped).toBe(true);
    expect(abandon).toHaveBeenCalledOnce();
  });

  it('stops immediately when it is three times too large', () => {
    updateFor(500, 51 * kbps, { isFull: true });
    expect(view.isStopped).toBe(false);
    updateFor(500, 49 * kbps, { isFull: true });
    expect(view.isStopped).toBe(true);
  });

  it('counts that time from scratch after it fitted', () => {
    updateFor(1_500, 100 * kbps, { isFull: true });
    updateFor(500, 200 * kbps);
    updateFor(1_500, 100 * kbps, { isFull: true });
    expect(view.isStopped).toBe(false);
  });

  it('returns with a key frame once it fits, and stays stopped before', () => {
    updateFor(500, 40 * kbps, { isFull: true });
    requestKeyFrame.mockReset();
    updateFor(5_000, 150 * kbps);
    expect(view.isStopped).toBe(true);
    expect(requestKeyFrame).not.toHaveBeenCalled();
    updateFor(500, 200 * kbps);
    expect(view.isStopped).toBe(false);
    expect(requestKeyFrame).toHaveBeenCalledOnce();
    updateFor(500, 200 * kbps);
    expect(requestKeyFrame).toHaveBeenCalledOnce();
  });
});

it('needs the layer that it receives, the next better useful one, and the next smaller one', () => {
  const needed = () => [0, 1, 2].filter((layer) => view.needs(layer));
  expect(needed()).toEqual([1, 2]);
  updateFor(500, 600 * kbps);
  expect(needed()).toEqual([0, 1, 2]);
  view.limitHeight(360);
  updateFor(500, 600 * kbps);
  expect(needed()).toEqual([0, 1]);
  updateFor(500, 100 * kbps);
  expect(needed()).toEqual([0, 1]);
  view.limitHeight(180);
  updateFor(500, 600 * kbps);
  expect(needed()).toEqual([0]);
});

it('may need every layer before it has chosen one', () => {
  const fresh = new ViewLayers({} as unknown as ViewerLeg);
  expect([0, 1, 2].every((layer) => fresh.needs(layer))).toBe(true);
});

it('sends nothing while no layer arrives', () => {
  isLive = [false, false, false];
  const before = leg.target;
  expect(view.update(published, { bitrateBps: 1, isSeen: true, isFull: true }, nowMs)).toBe(false);
  expect(leg.target).toBe(before);
});
