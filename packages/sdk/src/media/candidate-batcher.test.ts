import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CandidateBatcher } from './candidate-batcher.ts';

let sent: string[][];
let batcher: CandidateBatcher;

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  batcher = new CandidateBatcher((candidates) => {
    sent.push(candidates.map(({ candidate = '' }) => candidate));
  });
});

afterEach(() => {
  vi.useRealTimers();
});

const add = (...names: readonly string[]) => {
  for (const candidate of names) batcher.add({ candidate });
};

test('holds candidates until the answer is applied, then sends them at once', () => {
  add('a', 'b');
  vi.advanceTimersByTime(10_000);
  expect(sent).toEqual([]);
  batcher.open();
  expect(sent).toEqual([['a', 'b']]);
});

test('sends nothing when there is nothing, and the first candidate at once when it comes', () => {
  batcher.open();
  vi.advanceTimersByTime(10_000);
  expect(sent).toEqual([]);
  add('a');
  expect(sent).toEqual([['a']]);
});

test('gathers later candidates for 50 ms', () => {
  add('a');
  batcher.open();
  add('b');
  vi.advanceTimersByTime(49);
  add('c');
  expect(sent).toEqual([['a']]);
  vi.advanceTimersByTime(1);
  add('d');
  expect(sent).toEqual([['a'], ['b', 'c']]);
  vi.advanceTimersByTime(50);
  expect(sent).toEqual([['a'], ['b', 'c'], ['d']]);
  vi.advanceTimersByTime(50);
  expect(vi.getTimerCount()).toBe(0);
});

test('sends nothing and keeps no timer once closed', () => {
  add('a');
  batcher.open();
  add('b');
  batcher.close();
  add('c');
  batcher.open();
  vi.advanceTimersByTime(10_000);
  expect(sent).toEqual([['a']]);
  expect(vi.getTimerCount()).toBe(0);
});
