import { test } from '@playwright/test';
import { Caller, newRoom } from './support/caller.ts';
import { expectToGrow } from './support/expect-to-grow.ts';
import { expect } from './support/expect.ts';
import { receivedVideo } from './support/moving-video.ts';
import { setVideo } from './support/page-scripts.ts';

declare global {
  interface Window {
    /** The number of frames that each tile has shown, in the order of the tiles. */
    shown: number[];
  }
}

/** Shows every view of the page in a tile of its own, in order. */
async function showTiles(caller: Caller, count: number): Promise<void> {
  await expect.poll(() => caller.page.evaluate(() => window.views.size)).toBe(count);
  await caller.page.evaluate(() => {
    window.shown = [];
    for (const view of window.views.values()) {
      const tile = Object.assign(document.createElement('video'), { muted: true, playsInline: true });
      Object.assign(tile.style, { display: 'block', width: '320px', height: '180px' });
      document.body.append(tile);
      const index = window.shown.push(0) - 1;
      const note = () => {
        window.shown[index] = (window.shown[index] ?? 0) + 1;
        tile.requestVideoFrameCallback(note);
      };
      tile.requestVideoFrameCallback(note);
      view.attach(tile);
    }
  });
}

/** Waits until one of the tiles has shown 20 more frames. Returns how many each of them has shown in that time. */
async function framesOfTiles(caller: Caller): Promise<number[]> {
  const before = await caller.page.evaluate(() => window.shown);
  const since = async () =>
    (await caller.page.evaluate(() => window.shown)).map((frames, index) => frames - (before[index] ?? 0));
  await expect.poll(async () => Math.max(...(await since()))).toBeGreaterThan(20);
  return await since();
}

test('a participant who joins with `maxVideos` receives only that many videos, until the app allows more', async ({
  browser,
}) => {
  const room = newRoom();
  const [ada, bob] = [await Caller.open(browser), await Caller.open(browser)];
  await ada.join(room, 'Ada');
  await ada.publish(11);
  await ada.publish(22);
  await bob.join(room, 'Bob', { maxVideos: 1 });
  await showTiles(bob, 2);
  // What is on its way when the cap takes effect may still arrive.
  await expect.poll(async () => (await framesOfTiles(bob)).toSorted((a, b) => a - b)[0]).toBe(0);

  await bob.page.evaluate(() => window.conference.setMaxVideos(2));
  for (const index of [0, 1]) {
    await expectToGrow(async () => (await bob.page.evaluate(() => window.shown))[index] ?? 0, 20);
  }
  await bob.page.evaluate(() => window.conference.setMaxVideos(0));
  const bytes = () => bob.page.evaluate(() => window.probe.bytesReceived('video'));
  await expect
    .poll(async () => {
      const before = await bytes();
      await bob.page.waitForTimeout(1_000);
      return (await bytes()) - before;
    })
    .toBe(0);
  await ada.close();
  await bob.close();
});

/** How many frames the page has encoded of its small and of its large layer. */
async function encodedLayers(caller: Caller): Promise<readonly [number, number]> {
  return await caller.page.evaluate(async () => {
    const frames = { q: 0, h: 0 };
    const [peer] = window.probe.peerConnections();
    const report = await peer?.getStats();
    report?.forEach((row: Partial<RTCOutboundRtpStreamStats>) => {
      if (row.rid === 'q' || row.rid === 'h') frames[row.rid] = row.framesEncoded ?? 0;
    });
    return [frames.q, frames.h] as const;
  });
}

test('a publisher encodes only the layers that are viewed, and the large one again when a viewer requests it', async ({
  browser,
}) => {
  test.setTimeout(120_000);
  const room = newRoom();
  const [ada, bob] = [await Caller.open(browser), await Caller.open(browser)];
  await Promise.all([ada.join(room, 'Ada'), bob.join(room, 'Bob')]);
  const large = async () => (await encodedLayers(ada))[1];
  await ada.publish(11);
  await bob.page.evaluate(setVideo, {});
  await expect.poll(large, { timeout: 30_000 }).toBeGreaterThan(0);

  await bob.page.evaluate(setVideo, { maxHeightPx: 180 });
  /** Frames of the large layer while the small one gets 20 more. */
  const largeMeanwhile = async () => {
    const [smallBefore, largeBefore] = await encodedLayers(ada);
    await expect.poll(async () => (await encodedLayers(ada))[0]).toBeGreaterThan(smallBefore + 20);
    return (await large()) - largeBefore;
  };
  await expect.poll(largeMeanwhile, { timeout: 60_000 }).toBe(0);
  await bob.expectVideoOf(11);
  await expect.poll(async () => (await receivedVideo(bob)).width).toBe(320);

  await bob.page.evaluate(setVideo, { maxHeightPx: 360 });
  await expectToGrow(large, 20);
  await expect.poll(async () => (await receivedVideo(bob)).width).toBe(640);
  await ada.close();
  await bob.close();
});
