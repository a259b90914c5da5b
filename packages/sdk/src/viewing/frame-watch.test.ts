import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FrameWatch } from './frame-watch.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Watches a connected video that froze after ten decoded frames. */
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

/** Watches media, and returns when it looked for the first frame. */
function watchForFirst(kind: 'audio' | 'video') {
  const looksMs: number[] = [];
  const counters = { packetsReceived: 0, framesDecoded: 0 };
  const onFirst = vi.fn<() => void>();
  const startMs = Date.now();
  const watch = new FrameWatch({
    kind,
    receiver: () =>
      ({
        getStats: async () => {
          looksMs.push(Date.now() - startMs);
          return new Map<string, object>([
            ['1', { type: 'inbound-rtp', ...counters }],
            ['2', { type: 'outbound-rtp', packetsReceived: 9, framesDecoded: 9 }],
          ]);
        },
      }) as unknown as RTCRtpReceiver,
    isExpected: () => true,
    mayBeStill: false,
    onFirst,
    onStuck: () => {},
  });
  return { watch, looksMs, counters, onFirst };
}

it('looks often for the first frame at first, and twice a second later', async () => {
  const { watch, looksMs } = watchForFirst('video');
  await vi.advanceTimersByTimeAsync(2_300);
  expect(looksMs).toEqual([50, 150, 350, 750, 1_250, 1_750, 2_250]);
  watch.close();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(looksMs).toHaveLength(7);
});

it.each([
  ['video', { packetsReceived: 5, framesDecoded: 1 }],
  ['audio', { packetsReceived: 1, framesDecoded: 0 }],
] as const)('reports the first frame or packet of %s once', async (kind, arrived) => {
  const { watch, counters, onFirst } = watchForFirst(kind);
  if (kind === 'video') counters.packetsReceived = 4;
  await vi.advanceTimersByTimeAsync(400);
  expect(onFirst).not.toHaveBeenCalled();
  Object.assign(counters, arrived);
  await vi.advanceTimersByTimeAsync(20_000);
  watch.onFrame();
  expect(onFirst).toHaveBeenCalledOnce();
  watch.close();
});

it('looks every five seconds whether video has frozen, and never at audio, once it flows', async () => {
  const video = watchForFirst('video');
  const audio = watchForFirst('audio');
  video.watch.onFrame();
  audio.watch.onFrame();
  await vi.advanceTimersByTimeAsync(15_000);
  expect(video.looksMs).toEqual([5_000, 10_000, 15_000]);
  expect(audio.looksMs).toEqual([]);
  expect(vi.getTimerCount()).toBe(1);
  video.watch.close();
  expect(vi.getTimerCount()).toBe(0);
});

it('ignores a frame after it is closed, even if it was being counted', async () => {
  const { watch, counters, onFirst } = watchForFirst('video');
  counters.framesDecoded = 1;
  vi.advanceTimersByTime(50);
  watch.close();
  watch.onFrame();
  await vi.advanceTimersByTimeAsync(0);
  expect(onFirst).not.toHaveBeenCalled();
});

it('survives a connection whose statistics cannot be read', async () => {
  const onFirst = vi.fn<() => void>();
  const watch = new FrameWatch({
    kind: 'video',
    receiver: () => ({ getStats: () => Promise.reject(new Error('closed')) }) as unknown as RTCRtpReceiver,
    isExpected: () => false,
    mayBeStill: false,
    onFirst,
    onStuck: () => {},
  });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(onFirst).not.toHaveBeenCalled();
  watch.close();
});

it('reports a frozen video once', async () => {
  const { watch, stuck } = watchStandstill();
  await vi.advanceTimersByTimeAsync(9_000);
  expect(stuck).toEqual([]);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(stuck).toEqual([false]);
  watch.close();
});

it('ignores frames that are missing because the path is replaced', async () => {
  const { watch, stuck } = watchStandstill();
  await vi.advanceTimersByTimeAsync(9_000);
  watch.onNewPath();
  await vi.advanceTimersByTimeAsync(9_000);
  expect(stuck).toEqual([]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(stuck).toEqual([false]);
  watch.close();
});

it('judges from scratch after the device slept', async () => {
  const { watch, stuck } = watchStandstill();
  await vi.advanceTimersByTimeAsync(6_000);
  vi.setSystemTime(Date.now() + 60_000);
  await vi.advanceTimersByTimeAsync(9_000);
  expect(stuck).toEqual([]);
  await vi.advanceTimersByTimeAsync(6_000);
  expect(stuck).toEqual([false]);
  watch.close();
});
