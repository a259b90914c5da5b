import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from './clock.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('calls once after the delay, unless cancelled', () => {
  const called: string[] = [];
  systemClock.setTimer(() => called.push('kept'), 100);
  const stop = systemClock.setTimer(() => called.push('stopped'), 100);
  stop();
  vi.advanceTimersByTime(99);
  expect(called).toEqual([]);
  vi.advanceTimersByTime(1000);
  expect(called).toEqual(['kept']);
});

it('does not turn a very long delay into a very short one', () => {
  const called: string[] = [];
  systemClock.setTimer(() => called.push('late'), 2 ** 40);
  vi.advanceTimersByTime(60_000);
  expect(called).toEqual([]);
});
