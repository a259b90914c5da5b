import { afterEach, expect, it, vi } from 'vitest';
import { joinTiming } from './join-timing.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const times = { startMs: 1_000, registeredMs: 1_300, enteredMs: 1_450, readMs: 1_500 };

it('splits the time into steps that add up to the total', () => {
  vi.spyOn(performance, 'now').mockReturnValue(1_600);
  const { totalMs, ...steps } = joinTiming(times, 100);
  expect(steps).toEqual({ tokenMs: 100, endpointMs: 200, joinMs: 150, stateMs: 50, restMs: 100 });
  expect(totalMs).toBe(600);
});

it('has no negative step when the token took longer than registering with it', () => {
  vi.spyOn(performance, 'now').mockReturnValue(1_600);
  expect(joinTiming(times, 400)).toMatchObject({ tokenMs: 400, endpointMs: 0 });
});
