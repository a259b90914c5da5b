import { afterEach, expect, it, vi } from 'vitest';
import { settle } from '../testing/settle.ts';
import { held, heldMs, TimedFeed } from '../testing/timed-feed.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import type { FollowPush, PushEnd } from './push-feed.ts';

let timed: TimedFeed;

useFakeConference(() => {
  // The longest pauses: 300 ms, 600 ms, and so on.
  vi.spyOn(Math, 'random').mockReturnValue(1);
  timed = new TimedFeed();
});

afterEach(async () => {
  timed.stop();
  await settle();
  vi.restoreAllMocks();
});

let pushes: string[];
let nextEnd: (end: PushEnd) => void;

/** Begins with a push that ends when the test says so. */
async function beginPush(): Promise<void> {
  pushes = [];
  timed.begin(async ({ onOpen }) => {
    const follow: FollowPush = (signal, isContinued) => {
      pushes.push(`${timed.sinceMs} ${isContinued}`);
      onOpen();
      return new Promise((resolve) => {
        nextEnd = resolve;
        signal.addEventListener('abort', () => resolve('over'));
      });
    };
    return follow;
  });
  await settle();
}
const end = async (how: PushEnd) => {
  nextEnd(how);
  await settle();
};

it('a push replaces the polls, and continues after the last one while nothing else changed the state', async () => {
  await beginPush();
  await vi.advanceTimersByTimeAsync(1_000);
  await end('over');
  expect(pushes).toEqual(['0 true', '1000 true']);
  expect(timed.asked).toEqual(['0 poll 5 e5']);
  expect(timed.heard).toEqual(['0 connected']);
});

it('a push that ends within a second is opened again after a pause', async () => {
  await beginPush();
  await vi.advanceTimersByTimeAsync(999);
  await end('over');
  await vi.advanceTimersByTimeAsync(300);
  expect(pushes).toEqual(['0 true', '1299 true']);
});

it.each([
  ['refused', 60_000],
  ['unsupported', 600_000],
  ['silent', 60_000],
] as const)('a push that is %s is tried again after %d ms of polling', async (how, pollingMs) => {
  timed.poll.mockImplementation(() => held(1_000));
  await beginPush();
  await end(how);
  await vi.advanceTimersByTimeAsync(pollingMs - 1);
  expect(pushes).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1_001);
  expect(pushes).toHaveLength(2);
});

it('a push that is silent again and again is tried after twice as long each time, up to ten minutes', async () => {
  timed.poll.mockImplementation(() => held(1_000));
  await beginPush();
  const waitsMs: number[] = [];
  for (let round = 1; round <= 6; round += 1) {
    await end('silent');
    const endedMs = timed.sinceMs;
    while (pushes.length === round) await vi.advanceTimersByTimeAsync(1_000);
    waitsMs.push(Math.floor((timed.sinceMs - endedMs) / 10_000) * 10_000);
  }
  expect(waitsMs).toEqual([60_000, 120_000, 240_000, 480_000, 600_000, 600_000]);
  await end('refused');
  expect(pushes).toHaveLength(7);
  await vi.advanceTimersByTimeAsync(62_000);
  expect(pushes).toHaveLength(8);
});

it('a push whose position the server lacks is opened at the state that is read then', async () => {
  await beginPush();
  await end('misplaced');
  expect(timed.asked.at(-1)).toBe('0 snapshot');
  await vi.advanceTimersByTimeAsync(300);
  expect(pushes).toEqual(['0 true', '300 false']);
});

it('a push that was silent is suspected, and the loss announced if nothing answers in 1.5 s', async () => {
  await beginPush();
  await end('silent');
  await vi.advanceTimersByTimeAsync(1_499);
  expect(timed.heard).toEqual(['0 connected']);
  await vi.advanceTimersByTimeAsync(1);
  expect(timed.heard).toEqual(['0 connected', '1500 reconnecting']);
});

it('a push that cannot be loaded leaves the polls as they are', async () => {
  timed.begin(() => Promise.reject(new TypeError('not loaded')));
  await vi.advanceTimersByTimeAsync(heldMs);
  expect(timed.asked).toEqual(['0 poll 5 e5', `${heldMs} poll 5 e5`]);
});

it.each([
  ['over', 'debug push over'],
  ['silent', 'info push silent'],
  ['refused', 'info push refused'],
  ['unsupported', 'info push unsupported'],
  ['misplaced', 'info push misplaced'],
] as const)('a push that is %s is logged as what that means', async (how, line) => {
  await beginPush();
  await end(how);
  expect(timed.logged).toContain('info following by push');
  expect(timed.logged.filter((one) => / push (?!$)/.test(one) && !one.includes('following'))).toEqual([line]);
});

it('a push that the feed itself ends is not logged', async () => {
  await beginPush();
  timed.stop();
  await settle();
  expect(timed.logged.filter((line) => line.includes('push over'))).toEqual([]);
});
