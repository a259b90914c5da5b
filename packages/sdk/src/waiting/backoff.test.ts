import { afterEach, expect, it, vi } from 'vitest';
import { backoffMs } from './backoff.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Returns the pause after a failure when the random number is `random`. */
function pauseMs(failure: number, random: number): number {
  vi.spyOn(Math, 'random').mockReturnValue(random);
  return backoffMs(failure);
}

it('doubles the longest pause with each failure, up to five seconds', () => {
  const longest = [0, 1, 2, 3, 4, 5, 100].map((failure) => pauseMs(failure, 1));
  expect(longest).toEqual([300, 600, 1_200, 2_400, 4_800, 5_000, 5_000]);
});

it('spreads clients over the whole pause', () => {
  expect([0, 0.25, 0.5].map((random) => pauseMs(2, random))).toEqual([0, 300, 600]);
});
