import { expect, it } from 'vitest';
import { LossWindow } from './loss-window.ts';

function shareOf(lost: number, expected: number) {
  return new LossWindow().add(expected, lost, 0);
}

it('treats a few lost packets as chance, but not many', () => {
  expect(shareOf(2, 17)?.measured).toBeCloseTo(0.118, 3);
  expect(shareOf(2, 17)?.certain).toBeLessThan(0.05);
  expect(shareOf(12, 100)?.certain).toBeLessThan(0.1);
  expect(shareOf(120, 1_000)?.certain).toBeGreaterThan(0.1);
  expect(shareOf(20, 100)?.certain).toBeGreaterThan(0.1);
  expect(shareOf(10, 10)?.certain).toBeGreaterThan(0.7);
  expect(shareOf(0, 10)).toEqual({ measured: 0, certain: 0 });
});

it('judges over half a second, and never over fewer than ten packets', () => {
  const window = new LossWindow();
  expect(window.add(9, 9, 0)).toBeUndefined();
  expect(window.add(1, -9, 100)?.measured).toBe(0);
  expect(window.add(100, 50, 599)).toBeUndefined();
  expect(window.add(100, 0, 600)?.measured).toBe(0.25);
});
