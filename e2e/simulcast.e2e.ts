import { test, type Browser } from '@playwright/test';
import { Caller, newRoom } from './support/caller.ts';
import { expect } from './support/expect.ts';
import { setVideo } from './support/page-scripts.ts';
import { installSimulcastProbe } from './support/simulcast-probe.ts';

const layers = [
  { rid: 'q', scaleResolutionDownBy: 4, maxBitrate: 150_000 },
  { rid: 'h', scaleResolutionDownBy: 2, maxBitrate: 400_000 },
  { rid: 'f', scaleResolutionDownBy: 1, maxBitrate: 1_000_000 },
];

async function openCaller(
  browser: Browser,
  room: string,
  name: string,
  encodings: readonly RTCRtpEncodingParameters[],
): Promise<Caller> {
  const caller = await Caller.open(browser);
  await caller.page.evaluate(installSimulcastProbe, encodings);
  await caller.join(room, name);
  return caller;
}

async function heightPx({ page }: Caller): Promise<number> {
  return (await page.evaluate(() => window.simulcast.video())).heightPx;
}

test('each viewer gets the layer that it requests, through fifty switches without a freeze', async ({
  browser,
}) => {
  test.setTimeout(240_000);
  const room = newRoom();
  const ada = await openCaller(browser, room, 'Ada', layers);
  await ada.page.evaluate(async () => {
    const mediaStream = window.simulcast.source({ width: 1_280, height: 720, isNoisy: false });
    Object.assign(window, { mine: await window.conference.publishStream({ mediaStream, type: 'CAM' }) });
  });
  const bob = await openCaller(browser, room, 'Bob', []);
  const cyd = await openCaller(browser, room, 'Cyd', []);
  for (const caller of [bob, cyd]) {
    // No element shows these views, so request video explicitly to keep them from being paused.
    await caller.page.evaluate(setVideo, {});
    await expect.poll(() => heightPx(caller), { timeout: 30_000 }).toBe(720);
  }

  await cyd.page.evaluate(setVideo, { maxHeightPx: 180 });
  await expect.poll(() => heightPx(cyd)).toBe(180);
  expect(await heightPx(bob)).toBe(720);

  await bob.page.evaluate(setVideo, { maxHeightPx: 360 });
  await expect.poll(() => heightPx(bob)).toBe(360);
  for (const { page } of [bob, cyd]) {
    await page.evaluate(() => {
      const [view] = window.views.values();
      if (view) Object.assign(window, { stopWatching: window.simulcast.watchGaps(view.mediaStream) });
    });
  }
  const heights = [180, 360, 720];
  for (let round = 0; round < 50; round += 1) {
    const maxHeightPx = heights[(round + 2) % 3] ?? 0;
    await bob.page.evaluate(setVideo, { maxHeightPx });
    await expect.poll(() => heightPx(bob), { intervals: [50] }).toBe(maxHeightPx);
  }
  const [gapsMs, steadyGapsMs] = await Promise.all(
    [bob, cyd].map(({ page }) => page.evaluate(() => window.stopWatching())),
  );
  const longest = (gaps: readonly number[] = []): number => Math.max(...gaps);
  console.log(
    `50 switches: ${gapsMs?.length ?? 0} frames, longest gap ${Math.round(longest(gapsMs))} ms; ` +
      `the other viewer, without a switch: ${Math.round(longest(steadyGapsMs))} ms`,
  );
  expect(gapsMs?.length).toBeGreaterThan(200);
  // The gaps of the viewer that does not switch are the machine's own.
  const longestAllowedMs = 300 + longest(steadyGapsMs);
  expect(gapsMs?.filter((gapMs) => gapMs > longestAllowedMs)).toEqual([]);

  await bob.page.evaluate(setVideo, { isPaused: true });
  const { framesDecoded } = await bob.page.evaluate(() => window.simulcast.video());
  await bob.page.evaluate(setVideo, {});
  await expect
    .poll(async () => (await bob.page.evaluate(() => window.simulcast.video())).framesDecoded)
    .toBeGreaterThan(framesDecoded + 15);
  for (const caller of [ada, bob, cyd]) await caller.close();
});
