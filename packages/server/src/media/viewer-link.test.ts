import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { seededRandom } from '../testing/seeded-random.ts';
import { buildBandwidthEstimate, buildReceiverReport } from './rtp/build-rtcp.ts';
import { runTogether, SimulatedCall } from './testing/simulated-call.ts';
import type { SimulatedViewing } from './testing/simulated-call.ts';
import { SimulatedLink } from './testing/simulated-link.ts';

// Minutes of calls take some seconds on a machine that is busy.
vi.setConfig({ testTimeout: 60_000 });

let random = seededRandom(1);
const free = { rateBps: undefined, queueMs: 200, delayMs: 20, jitterMs: () => 5 * random() };
const isUnlucky = () => random() < 0.05;
const roughJitterMs = () => (isUnlucky() ? 40 : 10) * random();
const simulcast = [150_000, 420_000, 1_300_000];

beforeEach(() => {
  vi.useFakeTimers();
  random = seededRandom(1);
  // Views spread their attempts at random.
  vi.spyOn(Math, 'random').mockImplementation(() => random());
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function heightsOf(seconds: readonly SimulatedViewing[]): number[] {
  return [...new Set(seconds.map(({ heightPx }) => heightPx))];
}

function soundLostIn(seconds: readonly SimulatedViewing[]): number {
  return seconds.reduce((sum, { soundLost }) => sum + soundLost, 0);
}

function reportOf(ssrc: number) {
  return {
    ssrc,
    fractionLost: 0,
    packetsLost: 0,
    highestSequenceNumber: 0,
    jitter: 0,
    lastSenderReport: 0,
    delaySinceLastSenderReport: 0,
  };
}

/** How often the picture grew. */
function risesIn(seconds: readonly SimulatedViewing[]): number {
  return seconds.filter(({ heightPx }, index) => heightPx > (seconds[index - 1]?.heightPx ?? heightPx))
    .length;
}

describe('a view behind a link that becomes slow', () => {
  it.each([
    [1_000_000, 360, 0],
    [500_000, 180, 1],
    [300_000, 180, 0],
  ])(
    'of %i bit/s gets %i lines within a second, keeps its sound, and rarely tries more',
    (rateBps, heightPx, mostRises) => {
      const link = new SimulatedLink(free);
      const call = new SimulatedCall({ link, layersBps: simulcast });
      expect(heightsOf(call.seconds(4))).toEqual([720]);

      link.options = { ...free, rateBps };
      const slow = call.seconds(40);
      expect(slow[0]?.heightPx).toBe(heightPx);
      expect(soundLostIn(slow)).toBe(0);
      expect(risesIn(slow)).toBeLessThanOrEqual(mostRises);
      expect(Math.min(...slow.map(({ frames }) => frames))).toBeGreaterThan(10);
      expect(Math.max(...slow.slice(2).map(({ soundDelayMs }) => soundDelayMs))).toBeLessThan(200);
      expect(slow.at(-1)?.estimateBps).toBeLessThan(rateBps * 1.2);

      link.options = free;
      const lifted = call.seconds(18);
      expect(lifted.at(-1)?.heightPx).toBe(720);
      expect(soundLostIn(lifted)).toBe(0);
    },
  );

  it('gets fewer frames where not even the smallest size fits', () => {
    const link = new SimulatedLink(free);
    const call = new SimulatedCall({ link, layersBps: simulcast, temporalLayers: 3 });
    call.run(4_000);
    link.options = { ...free, rateBps: 170_000 };
    const slow = call.seconds(30);
    expect(soundLostIn(slow)).toBe(0);
    const frames = slow.slice(2).map((second) => second.frames);
    expect(Math.min(...frames)).toBeGreaterThan(5);
    expect(frames.toSorted((a, b) => a - b)[14]).toBeLessThan(10);
    link.options = free;
    expect(call.seconds(40).at(-1)).toMatchObject({ heightPx: 720, soundLost: 0 });
  });

  it('gets no picture rather than no sound where the only size does not fit, until it does', () => {
    const link = new SimulatedLink(free);
    const call = new SimulatedCall({ link, layersBps: [1_200_000] });
    call.run(4_000);
    link.options = { ...free, rateBps: 400_000 };
    const slow = call.seconds(30);
    expect(soundLostIn(slow)).toBe(0);
    expect(slow.slice(1).every(({ frames }) => frames === 0)).toBe(true);
    expect(slow.slice(1).every(({ soundArrived }) => soundArrived > 40)).toBe(true);
    link.options = free;
    const lifted = call.seconds(40);
    expect(lifted.at(-1)?.frames).toBeGreaterThan(10);
    expect(soundLostIn(lifted)).toBe(0);
  });
});

/** Goes on from when it is in a pause; pauses come at random, up to `pauseMs` long and `gapMs` apart in the mean. */
function pausing(gapMs: number, pauseMs: number): (atMs: number) => number {
  let startMs = 0;
  let endMs = 0;
  return (atMs) => {
    if (atMs - endMs > 10 * gapMs) endMs = atMs;
    while (endMs <= atMs) {
      startMs = endMs + 2 * gapMs * random();
      endMs = startMs + pauseMs * random();
    }
    return atMs < startMs ? atMs : endMs;
  };
}

describe('three views behind one link', () => {
  it('share it without starving each other or the sound', () => {
    const link = new SimulatedLink(free);
    const calls = [0, 1, 2].map(() => new SimulatedCall({ link, layersBps: simulcast }));
    runTogether(calls, 4_000);
    link.options = { ...free, rateBps: 1_500_000 };
    runTogether(calls, 10_000);
    const seconds = Array.from({ length: 50 }, () => runTogether(calls, 1_000));
    const views = calls.map((_, index) => seconds.flatMap((second) => second[index] ?? []));
    for (const view of views) {
      expect(soundLostIn(view)).toBeLessThan(25);
      expect(Math.min(...view.map(({ frames }) => frames))).toBeGreaterThan(5);
    }
  });
});

describe('a view behind a link that is not full', () => {
  it('keeps its picture through jitter and 5 % of loss', () => {
    const call = new SimulatedCall({
      link: new SimulatedLink({ ...free, rateBps: 5_000_000, isLost: isUnlucky, jitterMs: roughJitterMs }),
      layersBps: simulcast,
    });
    expect(heightsOf(call.seconds(60))).toEqual([720]);
  });

  it.each([0.02, 0.05])(
    'knows no limit in its first seconds, of a hundred views that lose %d of it',
    (share) => {
      const limited = Array.from({ length: 100 }, () => {
        const link = new SimulatedLink({ ...free, isLost: () => random() < share });
        return new SimulatedCall({ link, layersBps: simulcast }).run(3_000).estimateBps;
      }).filter((estimateBps) => estimateBps !== undefined);
      expect(limited).toEqual([]);
    },
  );

  it('keeps its picture when large frames wait for themselves', () => {
    const call = new SimulatedCall({
      link: new SimulatedLink({ ...free, rateBps: 2_000_000 }),
      layersBps: simulcast,
    });
    expect(heightsOf(call.seconds(60))).toEqual([720]);
  });

  it.each([
    [9_000_000, 100, 100],
    [9_000_000, 200, 200],
    [9_000_000, 500, 500],
    [9_000_000, 1_000, 800],
    [4_500_000, 1_000, 300],
    [4_500_000, 2_000, 500],
  ])(
    'keeps its picture on %i bit/s that stand still every %i ms or so, for up to %i ms',
    (rateBps, gapMs, pauseMs) => {
      const link = new SimulatedLink({ ...free, rateBps, queueMs: 2_000, goesOnMs: pausing(gapMs, pauseMs) });
      const seconds = new SimulatedCall({ link, layersBps: simulcast }).seconds(60);
      expect(heightsOf(seconds)).toEqual([720]);
      expect(seconds.map(({ estimateBps }) => estimateBps)).toEqual(seconds.map(() => undefined));
    },
  );

  it.each([
    [50, 60],
    [200, 200],
    [1_000, 800],
  ])('keeps its picture when the router is late every %i ms or so, by up to %i ms', (gapMs, pauseMs) => {
    const goesOnMs = pausing(gapMs, pauseMs);
    const link = new SimulatedLink(free);
    const isRouterBusy = (nowMs: number) => goesOnMs(nowMs) > nowMs;
    const seconds = new SimulatedCall({ link, layersBps: simulcast, isRouterBusy }).seconds(60);
    expect(heightsOf(seconds)).toEqual([720]);
    expect(seconds.map(({ estimateBps }) => estimateBps)).toEqual(seconds.map(() => undefined));
  });

  it('keeps its picture when the way becomes longer', () => {
    const link = new SimulatedLink(free);
    const call = new SimulatedCall({ link, layersBps: simulcast });
    call.run(15_000);
    link.options = { ...free, delayMs: 120 };
    expect(call.seconds(30).at(-1)?.heightPx).toBe(720);
    expect(risesIn(call.seconds(30))).toBe(0);
  });
});

describe('a view that tells no arrival times', () => {
  it('follows the estimate of its browser', () => {
    const call = new SimulatedCall({
      link: new SimulatedLink(free),
      layersBps: simulcast,
      hasTransportFeedback: false,
    });
    for (const [bitrateBps, heightPx] of [
      [2_000_000, 720],
      [550_000, 360],
      [250_000, 180],
    ] as const) {
      call.viewer.receive(buildBandwidthEstimate(1, bitrateBps, []));
      expect(call.run(2_000).heightPx).toBe(heightPx);
    }
    expect(call.run(1_000)).toMatchObject({ estimateBps: 250_000, soundLost: 0 });
  });

  it('tries a layer that soon proved too large no sooner again because a limit has grown by itself', () => {
    const call = new SimulatedCall({
      link: new SimulatedLink(free),
      layersBps: simulcast,
      hasTransportFeedback: false,
    });
    const { ssrc } = call.viewer.sentMedia.find(({ mid }) => mid === 'video') ?? { ssrc: 0 };
    call.viewer.receive(buildBandwidthEstimate(1, 2_000_000, []));
    const seconds = Array.from({ length: 60 }, (_, index) => {
      const second = call.run(1_000);
      // Its browser's estimate falls whenever more comes than the link carries; nothing is lost.
      call.viewer.receive(buildBandwidthEstimate(1, second.heightPx > 180 ? 400_000 : 420_000, []));
      call.viewer.receive(
        buildReceiverReport(1, [{ ...reportOf(ssrc), highestSequenceNumber: index * 100 }]),
      );
      return second;
    });
    expect(risesIn(seconds.slice(5))).toBeLessThanOrEqual(4);
  });
});
