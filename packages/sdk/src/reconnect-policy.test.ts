import { expect, test } from 'vitest';
import { reconnectDelayMs } from './reconnect-policy.ts';

test('doubles the longest wait with each attempt, up to five seconds', () => {
  const longest = [0, 1, 2, 3, 4, 5, 100].map((attempt) => reconnectDelayMs(attempt, () => 1));
  expect(longest).toEqual([300, 600, 1_200, 2_400, 4_800, 5_000, 5_000]);
});

test('spreads clients over the whole of the wait', () => {
  expect([0, 0.25, 0.5].map((random) => reconnectDelayMs(2, () => random))).toEqual([0, 300, 600]);
});
