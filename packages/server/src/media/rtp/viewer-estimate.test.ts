import { expect, it } from 'vitest';
import { ViewerEstimate } from './viewer-estimate.ts';

it('takes an estimate for a limit only when it falls, and follows it up again', () => {
  const estimate = new ViewerEstimate();
  for (const [second, bitrateBps] of [300_000, 310_000, 305_000].entries()) {
    estimate.reported(bitrateBps, second * 1_000);
  }
  expect(estimate.bitrateBps).toBeUndefined();
  estimate.reported(200_000, 3_000);
  expect(estimate.bitrateBps).toBe(200_000);
  estimate.reported(230_000, 4_000);
  expect(estimate.bitrateBps).toBe(230_000);
});

it('limits a viewer that loses much, and tries more when the loss is over', () => {
  const estimate = new ViewerEstimate();
  estimate.lost({ fractionLost: 64 }, 1_000_000, 0);
  expect(estimate.bitrateBps).toBe(875_000);
  estimate.lost({ fractionLost: 0 }, 500_000, 4_000);
  expect(estimate.bitrateBps).toBe(875_000);
  estimate.lost({ fractionLost: 0 }, 500_000, 5_000);
  expect(estimate.bitrateBps).toBe(1_093_750);
  for (let nowMs = 10_000; nowMs <= 30_000; nowMs += 5_000)
    estimate.lost({ fractionLost: 0 }, 500_000, nowMs);
  expect(estimate.bitrateBps).toBeUndefined();
});

it('keeps its limit while there is some loss', () => {
  const estimate = new ViewerEstimate();
  estimate.lost({ fractionLost: 128 }, 1_000_000, 0);
  for (let nowMs = 1_000; nowMs <= 20_000; nowMs += 1_000)
    estimate.lost({ fractionLost: 13 }, 700_000, nowMs);
  expect(estimate.bitrateBps).toBe(750_000);
});
