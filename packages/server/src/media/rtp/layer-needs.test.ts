import { expect, it } from 'vitest';
import { LayerNeeds } from './layer-needs.ts';

it('remembers a peak for some seconds, and follows a rise at once', () => {
  const needs = new LayerNeeds();
  needs.follow([100_000, 1_500_000], 1_000);
  needs.follow([150_000, 0], 2_000);
  expect(needs.of(0)).toBe(150_000);
  expect(needs.of(1)).toBeGreaterThan(1_200_000);
  for (let nowMs = 3_000; nowMs <= 20_000; nowMs += 1_000) needs.follow([150_000, 100_000], nowMs);
  expect(needs.of(1)).toBe(100_000);
});

it('needs nothing for a layer that never came', () => {
  expect(new LayerNeeds().of(2)).toBe(0);
});
