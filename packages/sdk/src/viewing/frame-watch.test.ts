import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FrameWatch } from './frame-watch.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Watches a connected video of which ten frames were decoded, and no more come. */
function watchStandstill(): { readonly watch: FrameWatch; readonly stuck: boolean[] } {
  const stuck: boolean[] = [];
  const report = new Map([['1', { type: 'inbound-rtp', packetsReceived: 20, framesDecoded: 10 }]]);
  const watch = new FrameWatch({
    kind: 'video',
    receiver: () => ({ getStats: () => Promise.resolve(report) }) as unknown as RTCRtpReceiver,
    isExpected: () => true,
    mayBeStill: false,
    onFirst: () => {},
    onStuck: (arePacketsArriving) => stuck.push(arePacketsArriving),
  });
  return { watch, stuck };
}

test('a video that stands still is told of once', async () => {
  const { watch, stuck } = watchStandstill();
  await vi.advanceTimersByTimeAsync(9_000);
  expect(stuck).toEqual([]);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(stuck).toEqual([false]);
  watch.close();
});

test('what did not come over a path that is given up is not held against the video', async () => {
  const { watch, stuck } = watchStandstill();
  await vi.advanceTimersByTimeAsync(9_000);
  watch.onNewPath();
  await vi.advanceTimersByTimeAsync(9_000);
  expect(stuck).toEqual([]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(stuck).toEqual([false]);
  watch.close();
});
