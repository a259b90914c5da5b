import { expect, it } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { LineBudget } from './line-budget.ts';

it('lets ten lines with one message through in a minute, and then says how many were left out', () => {
  const clock = new FakeClock();
  const budget = new LineBudget(clock);
  const lines = Array.from({ length: 25 }, () => budget.take('failed'));
  expect(lines.filter(Boolean)).toHaveLength(10);
  expect(budget.take('another')).toEqual({});
  clock.advance(59_999);
  expect(budget.take('failed')).toBeUndefined();
  clock.advance(1);
  expect(budget.take('failed')).toEqual({ suppressedLines: 16 });
  expect(budget.take('failed')).toEqual({});
});

it('lets ten lines through in each following minute as well', () => {
  const clock = new FakeClock();
  const budget = new LineBudget(clock);
  const written = () => Array.from({ length: 20 }, () => budget.take('failed')).filter(Boolean).length;
  expect(written()).toBe(10);
  clock.advance(60_000);
  expect(written()).toBe(10);
  clock.advance(60_000);
  expect(budget.take('failed')).toEqual({ suppressedLines: 10 });
});

it('says when a single line was left out', () => {
  const clock = new FakeClock();
  const budget = new LineBudget(clock);
  for (let line = 0; line < 11; line += 1) budget.take('failed');
  clock.advance(60_000);
  expect(budget.take('failed')).toEqual({ suppressedLines: 1 });
});
