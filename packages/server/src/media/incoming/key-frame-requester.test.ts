import { expect, it } from 'vitest';
import { KeyFrameRequester } from './key-frame-requester.ts';

it('merges requests, repeats them at its pace until a key frame arrives, then stops', () => {
  const sentMs: number[] = [];
  let nowMs = 0;
  const requester = new KeyFrameRequester(() => sentMs.push(nowMs) > 0);
  for (const requestMs of [0, 1, 2]) requester.request((nowMs = requestMs));
  for (nowMs = 20; nowMs <= 700; nowMs += 20) requester.tick(nowMs);
  expect(sentMs).toEqual([0, 300, 600]);
  requester.arrived();
  for (; nowMs <= 2_000; nowMs += 20) requester.tick(nowMs);
  expect(sentMs).toHaveLength(3);
});

it('retries immediately when a request could not be sent', () => {
  let attempts = 0;
  const requester = new KeyFrameRequester(() => {
    attempts += 1;
    return attempts > 1;
  });
  requester.request(0);
  requester.tick(20);
  requester.tick(40);
  expect(attempts).toBe(2);
});
