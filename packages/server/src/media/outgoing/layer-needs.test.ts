import { expect, it } from 'vitest';
import { LayerNeeds } from './layer-needs.ts';

it('follows a rise immediately, and remembers it for several seconds', () => {
  const needs = new LayerNeeds();
  needs.follow([100_000, 1_500_000], 1_000);
  needs.follow([150_000, 0], 2_000);
  expect(needs.of(0)).toBe(150_000);
  needs.follow([150_000, 100_000], 3_000);
  expect(needs.of(1)).toBeGreaterThan(900_000);
  for (let nowMs = 4_000; nowMs <= 60_000; nowMs += 1_000) needs.follow([150_000, 100_000], nowMs);
  expect(needs.of(1)).toBeLessThan(110_000);
});

it("never falls below a layer's mean, however old its last peak", () => {
  const needs = new LayerNeeds();
  const leastBps = Array.from({ length: 60 }, (_, second) => {
    needs.follow([second % 20 < 10 ? 600_000 : 200_000], second * 1_000);
    return second < 20 ? Number.POSITIVE_INFINITY : needs.of(0);
  }).reduce((least, bps) => Math.min(least, bps));
  expect(leastBps).toBeGreaterThan(300_000);
});

it('remembers the need of a layer that was switched off', () => {
  const needs = new LayerNeeds();
  needs.follow([1_500_000], 1_000);
  for (let nowMs = 2_000; nowMs <= 60_000; nowMs += 1_000) needs.follow([0], nowMs);
  expect(needs.of(0)).toBe(1_500_000);
});

it('needs nothing for a layer that never arrived', () => {
  expect(new LayerNeeds().of(2)).toBe(0);
});
