import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { seededRandom } from '../../testing/seeded-random.ts';
import { SharedLink } from '../bandwidth/shared-link.ts';
import { runTogether, SimulatedCall, type SimulatedViewing } from '../testing/simulated-call.ts';
import { SimulatedLink } from '../testing/simulated-link.ts';

// A minute of nine simulated calls takes several seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const simulcast = [150_000, 420_000, 1_300_000];
const tileHeightPx = 360;
const startSeconds = 3;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Longest run of seconds without a frame. */
function longestStill(seconds: readonly SimulatedViewing[]): number {
  let [longest, still] = [0, 0];
  for (const { frames } of seconds) {
    still = frames === 0 ? still + 1 : 0;
    longest = Math.max(longest, still);
  }
  return longest;
}

/** Jain's index: 1 if all receive the same, 1/n if one receives everything. */
function fairness(views: readonly (readonly SimulatedViewing[])[]): number {
  const rates = views.map((seconds) => sum(seconds.map(({ receivedBps }) => receivedBps)));
  return sum(rates) ** 2 / (rates.length * sum(rates.map((rate) => rate ** 2)));
}

function audioLostShare(views: readonly (readonly SimulatedViewing[])[]): number {
  const seconds = views.flat();
  const lost = sum(seconds.map(({ audioLost }) => audioLost));
  return lost / (lost + sum(seconds.map(({ audioArrived }) => audioArrived)));
}

it.each([
  [1, 1],
  [2, 1],
  [3, 3],
] as const)(
  'share 2 Mbit/s fairly from their first frame on, and rise when the link is fast again (run %i)',
  (seed, temporalLayers) => {
    const random = seededRandom(seed);
    vi.spyOn(Math, 'random').mockImplementation(() => random());
    const options = { rateBps: 2_000_000, queueMs: 200, delayMs: 10, jitterMs: () => 5 * random() };
    const link = new SimulatedLink(options);
    const shared = new SharedLink();
    const calls = Array.from({ length: 9 }, () => {
      return new SimulatedCall({ link, shared, layersBps: simulcast, temporalLayers });
    });
    for (const { viewer } of calls) viewer.setVideo({ maxHeightPx: tileHeightPx });
    const viewsFor = (count: number): readonly (readonly SimulatedViewing[])[] => {
      const seconds = Array.from({ length: count }, () => runTogether(calls, 1_000));
      return calls.map((_, index) => seconds.flatMap((second) => second[index] ?? []));
    };

    const start = viewsFor(startSeconds);
    for (const view of start) expect(sum(view.map(({ frames }) => frames))).toBeGreaterThan(0);
    expect(audioLostShare(start)).toBeLessThan(0.05);
    const slow = viewsFor(27);
    for (const view of slow) expect(longestStill(view)).toBeLessThanOrEqual(1);
    expect(fairness(slow)).toBeGreaterThan(0.95);
    expect(audioLostShare(slow)).toBeLessThan(0.01);
    // Of the 2 Mbit/s, with headers that this does not count.
    expect(sum(slow.flat().map(({ receivedBps }) => receivedBps)) / 27).toBeGreaterThan(1_500_000);

    link.options = { ...options, rateBps: 8_000_000 };
    const fast = viewsFor(25);
    expect(fast.map((view) => view.at(-1)?.heightPx)).toEqual(fast.map(() => tileHeightPx));
    expect(audioLostShare(fast)).toBe(0);
  },
);

it('give a view that joins a full link its smallest layer, and take nothing from the audio of others', () => {
  const random = seededRandom(4);
  vi.spyOn(Math, 'random').mockImplementation(() => random());
  const options = { rateBps: 1_500_000, queueMs: 200, delayMs: 10, jitterMs: () => 5 * random() };
  const link = new SimulatedLink(options);
  const shared = new SharedLink();
  const calls = [0, 1].map(() => new SimulatedCall({ link, shared, layersBps: simulcast }));
  runTogether(calls, 15_000);
  const late = new SimulatedCall({ link, shared, layersBps: simulcast, afterMs: 15_000 });
  const seconds = Array.from({ length: 10 }, () => runTogether([...calls, late], 1_000));
  const lateSeconds = seconds.flatMap((second) => second[2] ?? []);
  expect(lateSeconds[0]?.frames).toBeGreaterThan(0);
  expect(longestStill(lateSeconds)).toBe(0);
  expect(audioLostShare(seconds)).toBeLessThan(0.01);
});

it('give what a view had to the others soon after its page has gone, and nothing to views that never connected or are closed', () => {
  const random = seededRandom(5);
  vi.spyOn(Math, 'random').mockImplementation(() => random());
  const options = { rateBps: 1_300_000, queueMs: 200, delayMs: 10, jitterMs: () => 5 * random() };
  const link = new SimulatedLink(options);
  const shared = new SharedLink();
  const gone = new SimulatedCall({ link, shared, layersBps: simulcast });
  const calls = [1, 2].map(() => new SimulatedCall({ link, shared, layersBps: simulcast }));
  for (const { viewer } of [gone, ...calls]) viewer.setVideo({ maxHeightPx: tileHeightPx });
  const never = new SimulatedCall({ link, shared, layersBps: simulcast, connects: false });
  const all = [gone, ...calls, never];
  runTogether(all, 15_000);
  gone.fallSilent();
  runTogether(all, 15_000);
  const seconds = Array.from({ length: 10 }, () => runTogether(all, 1_000));
  for (const [index] of calls.entries()) {
    const view = seconds.flatMap((second) => second[index + 1] ?? []);
    expect(view.map(({ heightPx }) => heightPx)).toEqual(view.map(() => tileHeightPx));
    expect(longestStill(view)).toBe(0);
  }
  for (const { viewer } of [gone, ...calls]) {
    viewer.close();
    // An engine may announce a connection that was closed in the meantime.
    viewer.open();
  }
  runTogether(all, 1_000);
  expect(shared.isShared).toBe(false);
});
