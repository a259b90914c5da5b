import { expect, it } from 'vitest';
import { reusedBuffer } from './reused-buffer.ts';

it('has the requested length, and reuses the same memory', () => {
  const first = reusedBuffer(100);
  expect(first).toHaveLength(100);
  const second = reusedBuffer(1_200);
  expect(second).toHaveLength(1_200);
  second.fill(7);
  expect(first.every((byte) => byte === 7)).toBe(true);
  expect(reusedBuffer(100)).toBe(first);
});

it('allocates memory for anything longer than a packet', () => {
  expect(reusedBuffer(60_000)).toHaveLength(60_000);
  expect(reusedBuffer(60_000)).not.toBe(reusedBuffer(60_000));
});
