import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { settle } from '../testing/settle.ts';
import { latestPerKey } from './latest-per-key.ts';
import { pause } from './pause.ts';
import { repeatEvery } from './repeat-every.ts';
import { settledWithin } from './settled-within.ts';
import { spentMs } from './spent.ts';

let abort: AbortController;
const onDone = vi.fn<() => void>();

beforeEach(() => {
  vi.useFakeTimers();
  abort = new AbortController();
  onDone.mockReset();
});

afterEach(() => {
  vi.useRealTimers();
});

it('a pause ends after its time', async () => {
  const remove = vi.spyOn(abort.signal, 'removeEventListener');
  void pause(1_000, abort.signal).then(onDone);
  await vi.advanceTimersByTimeAsync(999);
  expect(onDone).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(onDone).toHaveBeenCalledOnce();
  expect(remove).toHaveBeenCalledWith('abort', expect.any(Function));
});

it('a pause ends when its signal aborts, and does not begin when it already has', async () => {
  void pause(1_000, abort.signal).then(onDone);
  abort.abort();
  await settle();
  expect(onDone).toHaveBeenCalledTimes(1);
  void pause(1_000, abort.signal).then(onDone);
  await settle();
  expect(onDone).toHaveBeenCalledTimes(2);
  expect(vi.getTimerCount()).toBe(0);
});

it.each([
  ['resolves', () => Promise.resolve()],
  ['rejects', () => Promise.reject(new Error('broken'))],
])('waiting for work is over when it %s', async (_how, work) => {
  void settledWithin(1_000, work()).then(onDone);
  await settle();
  expect(onDone).toHaveBeenCalledOnce();
  expect(vi.getTimerCount()).toBe(0);
});

it('waiting for work that never settles is over after the limit', async () => {
  void settledWithin(1_000, new Promise(() => {})).then(onDone);
  await vi.advanceTimersByTimeAsync(999);
  expect(onDone).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(onDone).toHaveBeenCalledOnce();
});

it('repeats work with a pause after each run, until it is stopped', async () => {
  const starts: number[] = [];
  const beganMs = Date.now();
  let isAborted = false;
  const stop = repeatEvery(1_000, async (signal) => {
    starts.push(Date.now() - beganMs);
    signal.addEventListener('abort', () => (isAborted = true));
    await pause(500, signal);
  });
  await vi.advanceTimersByTimeAsync(3_200);
  expect(starts).toEqual([0, 1_500, 3_000]);
  stop();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(isAborted).toBe(true);
  expect(starts).toHaveLength(3);
  expect(vi.getTimerCount()).toBe(0);
});

it('a step spends its time of a budget, but no more than any step can take', () => {
  const beganMs = Date.now();
  expect(spentMs(beganMs)).toBe(0);
  vi.setSystemTime(beganMs + 15_000);
  expect(spentMs(beganMs)).toBe(15_000);
  vi.setSystemTime(beganMs + 15_001);
  expect(spentMs(beganMs)).toBe(15_000);
  vi.setSystemTime(beganMs - 1);
  expect(spentMs(beganMs)).toBe(0);
});

it('the newest value of each key is applied, one at a time, and keys do not wait for each other', async () => {
  const steps: string[] = [];
  const set = latestPerKey<number>(async (key, value) => {
    steps.push(`${key}${value} begins`);
    await pause(100, abort.signal);
    steps.push(`${key}${value} ends`);
  });
  const calls = [set('a', 1), set('b', 1), set('a', 2), set('a', 3)];
  await vi.advanceTimersByTimeAsync(100);
  expect(steps.slice(0, 2)).toEqual(['a1 begins', 'b1 begins']);
  await vi.advanceTimersByTimeAsync(100);
  await Promise.all(calls);
  expect(steps.filter((step) => step.startsWith('a'))).toEqual([
    'a1 begins',
    'a1 ends',
    'a3 begins',
    'a3 ends',
  ]);
});
