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

it('lets a peak fade by e in five seconds', () => {
  const needs = new LayerNeeds();
  needs.follow([1_000_000], 0);
  expect(needs.of(0)).toBe(1_000_000);
  needs.follow([1], 5_000);
  expect(needs.of(0)).toBeCloseTo(1_000_000 / Math.E);
});

it('takes the mean over ten seconds, or over the time that it knows', () => {
  const needs = new LayerNeeds();
  for (let second = 0; second <= 10; second += 1) needs.follow([600_000], second * 1_000);
  for (let second = 11; second <= 20; second += 1) needs.follow([200_000], second * 1_000);
  expect(needs.of(0)).toBeCloseTo(200_000 + 400_000 * 0.9 ** 10);
  const short = new LayerNeeds();
  short.follow([900_000], 0);
  short.follow([300_000], 1_000);
  short.follow([300_000], 1_000_000);
  expect(short.of(0)).toBe(300_000);
});
