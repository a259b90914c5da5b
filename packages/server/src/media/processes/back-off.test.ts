import { expect, it } from 'vitest';
import { backOffMs } from './back-off.ts';

it('doubles the delay each time a process exits early, up to half a minute, and resets it after a long life', () => {
  const history = { startedMs: 0, failures: 0 };
  const delays = Array.from({ length: 11 }, () => backOffMs(history, 1_000));
  expect(delays).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000]);
  expect(backOffMs(history, 60_000)).toBe(100);
  expect(backOffMs(history, 60_001)).toBe(100);
});
