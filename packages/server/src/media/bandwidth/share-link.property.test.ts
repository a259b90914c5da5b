import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { roomToRise, shareLink, type LinkDemand } from './share-link.ts';

const layers = fc
  .array(fc.integer({ min: 20_000, max: 1_000_000 }), { maxLength: 4 })
  .map((steps) => steps.map((_, index) => steps.slice(0, index + 1).reduce((sum, step) => sum + step, 0)));
const demand: fc.Arbitrary<LinkDemand> = fc
  .record({
    audioBps: fc.integer({ min: 0, max: 60_000 }),
    layersBps: layers,
    share: fc.constantFrom(1, 0.6, 0.4),
    current: fc.option(fc.nat({ max: 3 }), { nil: undefined }),
  })
  .map(({ audioBps, layersBps, share, current }) => ({
    audioBps,
    layersBps,
    leastVideoBps: (layersBps[0] ?? 0) * share,
    current:
      current === undefined || layersBps.length === 0 ? undefined : Math.min(current, layersBps.length - 1),
  }));
const demands = fc.array(demand, { minLength: 1, maxLength: 12 });
const capacity = fc.integer({ min: 10_000, max: 20_000_000 });

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** The layer that a share carries. */
function layerOf({ audioBps, layersBps, current = -1 }: LinkDemand, shareBps: number): number {
  return layersBps.findLastIndex((needBps, layer) => {
    const needed = layer <= current ? needBps : needBps * (current < 0 ? 1 : roomToRise);
    return needed <= shareBps - audioBps + 1;
  });
}

it('never gives more than the link carries, and uses all of it', () => {
  fc.assert(
    fc.property(capacity, demands, (capacityBps, all) => {
      const shares = shareLink(capacityBps, all);
      expect(Math.min(...shares)).toBeGreaterThanOrEqual(0);
      expect(sum(shares)).toBeLessThanOrEqual(capacityBps + 12);
      if (sum(all.map(({ audioBps }) => audioBps)) > 0) expect(sum(shares)).toBeGreaterThan(capacityBps - 12);
    }),
  );
});

it('gives every view its audio before any video', () => {
  fc.assert(
    fc.property(capacity, demands, (capacityBps, all) => {
      const shares = shareLink(capacityBps, all);
      const fits = sum(all.map(({ audioBps }) => audioBps)) <= capacityBps;
      for (const [index, { audioBps }] of all.entries()) {
        if (fits) expect(shares[index]).toBeGreaterThanOrEqual(audioBps);
        else expect(shares[index]).toBeLessThanOrEqual(audioBps);
      }
    }),
  );
});

it('starves no view whose least fits beside the least of all others', () => {
  fc.assert(
    fc.property(capacity, demands, (capacityBps, all) => {
      const leastBps = sum(all.map(({ audioBps, leastVideoBps }) => audioBps + leastVideoBps));
      fc.pre(leastBps <= capacityBps);
      const shares = shareLink(capacityBps, all);
      for (const [index, { audioBps, leastVideoBps }] of all.entries()) {
        expect(shares[index]).toBeGreaterThanOrEqual(audioBps + leastVideoBps - 1);
      }
    }),
  );
});

it('lets as many views move as the link carries, when it does not carry all', () => {
  fc.assert(
    fc.property(capacity, demands, (capacityBps, all) => {
      const shares = shareLink(capacityBps, all);
      const stands = (one: LinkDemand, index: number): boolean =>
        one.layersBps.length > 0 && (shares[index] ?? 0) < one.audioBps + one.leastVideoBps - 1;
      const moving = all.filter((one, index) => one.layersBps.length > 0 && !stands(one, index));
      const standing = all.filter(stands);
      const cheapest = Math.min(...standing.map(({ leastVideoBps }) => leastVideoBps));
      const spentBps =
        sum(all.map(({ audioBps }) => audioBps)) + sum(moving.map(({ leastVideoBps }) => leastVideoBps));
      if (standing.length > 0) expect(spentBps + cheapest).toBeGreaterThan(capacityBps - 12);
    }),
  );
});

it('lets no view have two layers more than another that would take one', () => {
  fc.assert(
    fc.property(capacity, fc.integer({ min: 2, max: 12 }), layers, (capacityBps, count, layersBps) => {
      fc.pre(layersBps.length > 0);
      const one: LinkDemand = { audioBps: 30_000, layersBps, leastVideoBps: layersBps[0] ?? 0, current: 0 };
      const all = Array.from({ length: count }, () => one);
      const reached = shareLink(capacityBps, all).map((shareBps) => layerOf(one, shareBps));
      expect(Math.max(...reached) - Math.min(...reached)).toBeLessThanOrEqual(1);
    }),
  );
});

it('does not oscillate on a constant link: a view that follows its share is given the same again', () => {
  fc.assert(
    fc.property(capacity, demands, (capacityBps, all) => {
      const follow = (now: readonly LinkDemand[]): LinkDemand[] => {
        const shares = shareLink(capacityBps, now);
        return now.map((one, index) => {
          const layer = layerOf(one, shares[index] ?? 0);
          return { ...one, current: one.layersBps.length === 0 ? undefined : Math.max(0, layer) };
        });
      };
      let now: readonly LinkDemand[] = all;
      const seen: string[] = [];
      for (let round = 0; round < 12; round += 1) {
        now = follow(now);
        seen.push(JSON.stringify(now.map(({ current }) => current)));
      }
      expect(seen.at(-1)).toBe(seen.at(-2));
      expect(seen.at(-1)).toBe(seen.at(-3));
    }),
    { numRuns: 300 },
  );
});
