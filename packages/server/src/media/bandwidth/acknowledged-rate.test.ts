import { expect, it } from 'vitest';
import { AcknowledgedRate } from './acknowledged-rate.ts';

it('measures the rate before the newest arrival, and ignores older packets', () => {
  const rate = new AcknowledgedRate();
  expect(rate.over(500)).toBe(0);
  for (let ms = 0; ms < 1_000; ms += 10) rate.add(1_250, ms);
  expect(rate.over(500)).toBe(1_000_000);
  for (let ms = 1_000; ms < 1_200; ms += 20) rate.add(1_250, ms);
  expect(rate.over(100)).toBe(500_000);
  expect(rate.over(400)).toBeGreaterThan(700_000);
  for (let ms = 2_000; ms < 20_000; ms += 10) rate.add(125, ms);
  expect(rate.over(1_000)).toBe(100_000);
});
