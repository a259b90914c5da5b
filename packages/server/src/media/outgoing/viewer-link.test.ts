import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { seededRandom } from '../../testing/seeded-random.ts';
import { runTogether, SimulatedCall, type SimulatedViewing } from '../testing/simulated-call.ts';
import { SimulatedLink } from '../testing/simulated-link.ts';
import { buildBandwidthEstimate, buildReceiverReport } from '../wire/build-rtcp.ts';

// Minutes of simulated calls take several seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

let random = seededRandom(1);
const free = { rateBps: undefined, queueMs: 200, delayMs: 20, jitterMs: () => 5 * random() };
const isUnlucky = () => random() < 0.05;
const roughJitterMs = () => (isUnlucky() ? 40 : 10) * random();
const simulcast = [150_000, 420_000, 1_300_000];

beforeEach(() => {
  vi.useFakeTimers();
  random = seededRandom(1);
  // Views randomize their probes.
  vi.spyOn(Math, 'random').mockImplementation(() => random());
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function heightsOf(seconds: readonly SimulatedViewing[]): number[] {
  return [...new Set(seconds.map(({ heightPx }) => heightPx))];
}

function audioLostIn(seconds: readonly SimulatedViewing[]): number {
  return seconds.reduce((sum, { audioLost }) => sum + audioLost, 0);
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

/** Number of rises to a larger layer. */
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
    'of %i bit/s receives %i lines within a second, keeps its audio, and rarely probes for more',
    (rateBps, heightPx, mostRises) => {
      const link = new SimulatedLink(free);
      const call = new SimulatedCall({ link, layersBps: simulcast });
      expect(heightsOf(call.seconds(4))).toEqual([720]);

      link.options = { ...free, rateBps };
      const slow = call.seconds(40);
      expect(slow[0]?.heightPx).toBe(heightPx);
      expect(audioLostIn(slow)).toBe(0);
      // What was sent before the first feedback fills the link's queue: audio behind it comes 200 ms late, 60 of which are buffered.
      expect(slow[0]?.concealedMs).toBeLessThanOrEqual(160);
      // Of what follows, one percent at most.
      expect(slow.slice(1).reduce((sum, { concealedMs }) => sum + concealedMs, 0)).toBeLessThanOrEqual(390);
      expect(risesIn(slow)).toBeLessThanOrEqual(mostRises);
      expect(Math.min(...slow.map(({ frames }) => frames))).toBeGreaterThan(10);
      expect(Math.max(...slow.slice(2).map(({ audioDelayMs }) => audioDelayMs))).toBeLessThan(200);
      expect(slow.at(-1)?.estimateBps).toBeLessThan(rateBps * 1.2);

      link.options = free;
      const lifted = call.seconds(18);
      expect(lifted.at(-1)?.heightPx).toBe(720);
      expect(audioLostIn(lifted)).toBe(0);
    },
  );

  it('receives fewer frames if not even the smallest layer fits', () => {
    const link = new SimulatedLink(free);
    const call = new SimulatedCall({ link, layersBps: simulcast, temporalLayers: 3 });
    call.run(4_000);
    link.options = { ...free, rateBps: 170_000 };
    const slow = call.seconds(30);
    expect(audioLostIn(slow)).toBe(0);
    const frames = slow.slice(2).map((second) => second.frames);
    expect(Math.min(...frames)).toBeGreaterThan(5);
    expect(frames.toSorted((a, b) => a - b)[14]).toBeLessThan(10);
    link.options = free;
    expect(call.seconds(40).at(-1)).toMatchObject({ heightPx: 720, audioLost: 0 });
  });

  it('loses video rather than audio if the only layer does not fit, until it does', () => {
    const link = new SimulatedLink(free);
    const call = new SimulatedCall({ link, layersBps: [1_200_000] });
    call.run(4_000);
    link.options = { ...free, rateBps: 400_000 };
    const slow = call.seconds(30);
    expect(audioLostIn(slow)).toBe(0);
    expect(slow.slice(1).every(({ frames }) => frames === 0)).toBe(true);
    expect(slow.slice(1).every(({ audioArrived }) => audioArrived > 40)).toBe(true);
    link.options = free;
    const lifted = call.seconds(40);
    expect(lifted.at(-1)?.frames).toBeGreaterThan(10);
    expect(audioLostIn(lifted)).toBe(0);
  });
});

/** Resumes after each pause; pauses occur at random, up to `pauseMs` long and on average `gapMs` apart. */
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
  it('share it without starving each other or the audio', () => {
    const link = new SimulatedLink(free);
    const calls = [0, 1, 2].map(() => new SimulatedCall({ link, layersBps: simulcast }));
    runTogether(calls, 4_000);
    link.options = { ...free, rateBps: 1_500_000 };
    runTogether(calls, 10_000);
    const seconds = Array.from({ length: 50 }, () => runTogether(calls, 1_000));
    const views = calls.map((_, index) => seconds.flatMap((second) => second[index] ?? []));
    for (const view of views) {
      expect(audioLostIn(view)).toBeLessThan(25);
      expect(Math.min(...view.map(({ frames }) => frames))).toBeGreaterThan(5);
    }
  });
});

describe('a view behind a link that is not full', () => {
  it('keeps its layer through jitter and 5 % packet loss', () => {
    const call = new SimulatedCall({
      link: new SimulatedLink({ ...free, rateBps: 5_000_000, isLost: isUnlucky, jitterMs: roughJitterMs }),
      layersBps: simulcast,
    });
    expect(heightsOf(call.seconds(60))).toEqual([720]);
  });

  it.each([0.02, 0.05])(
    'has no limit in its first seconds, in a hundred views with a packet loss of %d',
    (share) => {
      const limited = Array.from({ length: 100 }, () => {
        const link = new SimulatedLink({ ...free, isLost: () => random() < share });
        return new SimulatedCall({ link, layersBps: simulcast }).run(3_000).estimateBps;
      }).filter((estimateBps) => estimateBps !== undefined);
      expect(limited).toEqual([]);
    },
  );

  it('keeps its layer when packets of large frames wait for each other', () => {
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
    'keeps its layer on %i bit/s that stall every %i ms or so, for up to %i ms',
    (rateBps, gapMs, pauseMs) => {
      const link = new SimulatedLink({
        ...free,
        rateBps,
        queueMs: 2_000,
        resumesMs: pausing(gapMs, pauseMs),
      });
      const seconds = new SimulatedCall({ link, layersBps: simulcast }).seconds(60);
      expect(heightsOf(seconds)).toEqual([720]);
      expect(seconds.map(({ estimateBps }) => estimateBps)).toEqual(seconds.map(() => undefined));
    },
  );

  it.each([
    [50, 60],
    [200, 200],
    [1_000, 800],
  ])('keeps its layer when the router is late every %i ms or so, by up to %i ms', (gapMs, pauseMs) => {
    const resumesMs = pausing(gapMs, pauseMs);
    const link = new SimulatedLink(free);
    const isRouterBusy = (nowMs: number) => resumesMs(nowMs) > nowMs;
    const seconds = new SimulatedCall({ link, layersBps: simulcast, isRouterBusy }).seconds(60);
    expect(heightsOf(seconds)).toEqual([720]);
    expect(seconds.map(({ estimateBps }) => estimateBps)).toEqual(seconds.map(() => undefined));
  });

  it('keeps its layer when the path becomes longer', () => {
    const link = new SimulatedLink(free);
    const call = new SimulatedCall({ link, layersBps: simulcast });
    call.run(15_000);
    link.options = { ...free, delayMs: 120 };
    expect(call.seconds(30).at(-1)?.heightPx).toBe(720);
    expect(risesIn(call.seconds(30))).toBe(0);
  });
});

describe('a view that reports no arrival times', () => {
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
    expect(call.run(1_000)).toMatchObject({ estimateBps: 250_000, audioLost: 0 });
  });

  it('does not retry a layer that proved too large sooner because the limit grew on its own', () => {
    const call = new SimulatedCall({
      link: new SimulatedLink(free),
      layersBps: simulcast,
      hasTransportFeedback: false,
    });
    const { ssrc } = call.viewer.sentMedia.find(({ mid }) => mid === 'video') ?? { ssrc: 0 };
    call.viewer.receive(buildBandwidthEstimate(1, 2_000_000, []));
    const seconds = Array.from({ length: 60 }, (_, index) => {
      const second = call.run(1_000);
      // The browser's estimate falls whenever more arrives than the link carries; no packets are lost.
      call.viewer.receive(buildBandwidthEstimate(1, second.heightPx > 180 ? 400_000 : 420_000, []));
      call.viewer.receive(
        buildReceiverReport(1, [{ ...reportOf(ssrc), highestSequenceNumber: index * 100 }]),
      );
      return second;
    });
    expect(risesIn(seconds.slice(5))).toBeLessThanOrEqual(4);
  });
});
