import { expect, it } from 'vitest';
import { StandingQueue } from './standing-queue.ts';

/** Adds a packet every 10 ms, each with this delay. */
function add(queue: StandingQueue, fromMs: number, count: number, delayMs: number): void {
  for (let index = 0; index < count; index += 1) queue.add(delayMs, fromMs + 10 * index);
}

it('measures how much longer packets wait than necessary', () => {
  const queue = new StandingQueue();
  add(queue, 0, 20, 30);
  expect(queue.waitMs).toBe(0);
  add(queue, 200, 20, 90);
  expect(queue.waitMs).toBe(60);
});

it('does not mistake a jump of the clock for a queue', () => {
  const queue = new StandingQueue();
  add(queue, 0, 20, -9_000);
  add(queue, 200, 20, 30);
  expect(queue.waitMs).toBe(0);
  add(queue, 400, 20, 80);
  expect(queue.waitMs).toBe(50);
});
