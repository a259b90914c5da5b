import { expect, it } from 'vitest';
import { FailureCounts } from './failure-counts.ts';

function setUp(maxKeys: number) {
  let nowMs = 1_000;
  const counts = new FailureCounts({ windowMs: 100, maxKeys, now: () => nowMs });
  const advance = (ms: number): void => {
    nowMs += ms;
  };
  return { counts, advance };
}

it('counts the failures of each key in a window that starts with the first', () => {
  const { counts, advance } = setUp(10);
  expect([counts.of('a'), counts.add('a'), counts.add('a'), counts.add('b')]).toEqual([0, 1, 2, 1]);
  advance(99);
  expect([counts.of('a'), counts.add('a'), counts.remainingMs('a')]).toEqual([2, 3, 1]);
  advance(1);
  expect([counts.of('a'), counts.size]).toEqual([0, 0]);
  expect(counts.add('a')).toBe(1);
});

it('holds a bounded number of keys, the newest', () => {
  const { counts, advance } = setUp(3);
  for (let index = 0; index < 1_000; index += 1) counts.add(`${index}`);
  expect([counts.size, counts.of('996'), counts.of('997')]).toEqual([3, 0, 1]);
  advance(100);
  expect(counts.of('997')).toBe(0);
  expect(counts.size).toBe(0);
});
