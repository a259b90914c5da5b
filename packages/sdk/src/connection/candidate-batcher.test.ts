import { afterEach, beforeEach, expect, it, vi } from 'vitest';
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

it('holds candidates until the answer is applied, then sends them immediately', () => {
  add('a', 'b');
  vi.advanceTimersByTime(10_000);
  expect(sent).toEqual([]);
  batcher.release();
  expect(sent).toEqual([['a', 'b']]);
});

it('never sends an empty list, and sends the first candidate immediately', () => {
  batcher.release();
  vi.advanceTimersByTime(10_000);
  expect(sent).toEqual([]);
  add('a');
  expect(sent).toEqual([['a']]);
});

it('gathers later candidates for 50 ms', () => {
  add('a');
  batcher.release();
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

it('sends nothing and keeps no timer once stopped', () => {
  add('a');
  batcher.release();
  add('b');
  batcher.stop();
  add('c');
  batcher.release();
  vi.advanceTimersByTime(10_000);
  expect(sent).toEqual([['a']]);
  expect(vi.getTimerCount()).toBe(0);
});

it('drops the candidates of an earlier offer, and holds those of the next until its answer', () => {
  batcher.release();
  add('a', 'b');
  batcher.hold();
  vi.advanceTimersByTime(50);
  add('c');
  vi.advanceTimersByTime(10_000);
  expect(sent).toEqual([['a']]);
  batcher.release();
  expect(sent).toEqual([['a'], ['c']]);
});

it('does not send the gathered candidates again, or early, when the answer is applied twice', () => {
  add('a');
  batcher.release();
  add('b');
  batcher.release();
  expect(sent).toEqual([['a']]);
});

it('stays stopped', () => {
  batcher.stop();
  batcher.hold();
  add('a');
  batcher.release();
  vi.advanceTimersByTime(10_000);
  expect(sent).toEqual([]);
});
