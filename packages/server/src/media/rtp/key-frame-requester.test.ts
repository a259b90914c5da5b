import { expect, it } from 'vitest';
import { KeyFrameRequester } from './key-frame-requester.ts';

it('merges wishes, repeats itself at its pace until a key frame comes, and then rests', () => {
  const sentMs: number[] = [];
  let nowMs = 0;
  const requester = new KeyFrameRequester(() => sentMs.push(nowMs) > 0);
  for (const wishMs of [0, 1, 2]) requester.want((nowMs = wishMs));
  for (nowMs = 20; nowMs <= 700; nowMs += 20) requester.tick(nowMs);
  expect(sentMs).toEqual([0, 300, 600]);
  requester.arrived();
  for (; nowMs <= 2_000; nowMs += 20) requester.tick(nowMs);
  expect(sentMs).toHaveLength(3);
});

it('tries again at once when a request could not be sent', () => {
  let attempts = 0;
  const requester = new KeyFrameRequester(() => {
    attempts += 1;
    return attempts > 1;
  });
  requester.want(0);
  requester.tick(20);
  requester.tick(40);
  expect(attempts).toBe(2);
});
