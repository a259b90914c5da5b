import { expect, it, vi } from 'vitest';
import { MediaError } from '../media-router.ts';
import recordings from '../testing/recordings.json' with { type: 'json' };
import { withTransport } from '../testing/test-offers.ts';
import { testRouter } from '../testing/test-router.ts';
import { OverloadWatch } from './overload-watch.ts';

const { chromium } = recordings;

/** Runs through windows of 2 s with this delay in every tick, and returns the watch's verdict after each. */
function watchWindows(latenessesMs: readonly number[]): boolean[] {
  const watch = new OverloadWatch();
  let nowMs = 0;
  watch.tick(nowMs, 0);
  return latenessesMs.map((lateMs) => {
    const endMs = nowMs + 2_000;
    while (nowMs < endMs) watch.tick((nowMs += 20 + lateMs), lateMs);
    return watch.isOverloaded;
  });
}

it.each([
  ['accepts up to 50 ms', [0, 10, 49, 50], [false, false, false, false]],
  ['takes a timer that comes early for one that is in time', [-1, 0], [false, false]],
  ['refuses above 50 ms, and keeps refusing until below 25 ms', [51, 40, 25, 24], [true, true, true, false]],
])('%s', (_name, meansMs, expected) => {
  expect(watchWindows(meansMs)).toEqual(expected);
});

it('does not treat one long pause as overload', () => {
  const watch = new OverloadWatch();
  let nowMs = 0;
  for (let tick = 0; tick < 80; tick += 1) watch.tick((nowMs += 20), 0);
  watch.tick((nowMs += 1_020), 1_000);
  expect(watch.isOverloaded).toBe(false);
});

it.each([
  ['in time', 0, false],
  ['later than packets can wait', 60, true],
])('a router whose ticks come %s', async (_name, lateMs, isOverloaded) => {
  vi.useFakeTimers();
  const overload = new OverloadWatch();
  const { router } = testRouter({ now: () => Date.now(), overload });
  for (let tick = 0; tick < 15; tick += 1) {
    vi.setSystemTime(Date.now() + lateMs);
    vi.advanceTimersToNextTimer();
  }
  expect(overload.isOverloaded).toBe(isOverloaded);
  await router.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

it('ticks ten times as often while there is a stream', async () => {
  vi.useFakeTimers();
  const ticks: number[] = [];
  const { network, router } = testRouter({
    now: () => Date.now(),
    overload: { isOverloaded: false, tick: (nowMs) => void ticks.push(nowMs) },
  });
  const ticksInASecond = (): number => {
    const before = ticks.length;
    vi.advanceTimersByTime(1_000);
    return ticks.length - before;
  };
  expect(ticksInASecond()).toBe(5);
  const { parameters } = await network.createPeer();
  const sdpOffer = withTransport(chromium.publishOffer, parameters);
  await router.publish({ streamKey: 'a', type: 'MIC_AND_CAM', sdpOffer, videoBitrateBps: 0 });
  expect(ticksInASecond()).toBe(50);
  router.unpublish('a');
  vi.advanceTimersByTime(20);
  expect(ticksInASecond()).toBe(5);
  await router.close();
  vi.useRealTimers();
});

it('stops ticking when closed within a tick', () => {
  vi.useFakeTimers();
  const { router } = testRouter({
    now: () => Date.now(),
    overload: { isOverloaded: false, tick: () => void router.close() },
  });
  vi.advanceTimersByTime(1_000);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

it('refuses new streams and views while overloaded, serves existing ones, and recovers', async () => {
  const overload = { isOverloaded: false, tick: () => {} };
  const { network, router } = testRouter({ overload });
  const publish = async (streamKey: string) => {
    const { parameters } = await network.createPeer();
    const sdpOffer = withTransport(chromium.publishOffer, parameters);
    return router.publish({ streamKey, type: 'MIC_AND_CAM', sdpOffer, videoBitrateBps: 0 });
  };
  const view = async (viewerId: string) => {
    const { parameters } = await network.createPeer();
    const sdpOffer = withTransport(chromium.viewOffer, parameters);
    return router.view({ streamKey: 'a', viewerId, sdpOffer });
  };
  await publish('a');
  await view('one');
  overload.isOverloaded = true;
  const refused: unknown = await view('two').catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(MediaError);
  expect(refused).toMatchObject({ code: 'overloaded' });
  await expect(publish('b')).rejects.toMatchObject({ code: 'overloaded' });
  await expect(publish('a')).resolves.toBeDefined();
  await expect(view('one')).resolves.toBeDefined();
  overload.isOverloaded = false;
  await expect(publish('b')).resolves.toBeDefined();
  await router.close();
});
