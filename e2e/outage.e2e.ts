import { test, type Browser, type Page } from '@playwright/test';
import { newRoom } from './support/caller.ts';
import { expect } from './support/expect.ts';
import { OwnDemo } from './support/own-demo.ts';
import { playingVideos } from './support/playing-videos.ts';

const remoteVideos = '[data-testid="tile"]:not([data-self="true"]) video';

declare global {
  interface Window {
    /** When the page presented frames of others, in milliseconds since the epoch. It dies with the page. */
    readonly framesAtMs: readonly number[];
  }
}

async function join(browser: Browser, demo: OwnDemo, room: string, name: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${demo.url}/script-tag/?room=${room}&name=${name}&autojoin=1`);
  await expect(page.getByTestId('leave-button')).toBeVisible();
  return page;
}

/** Runs in the page. Notes when frames of others are presented, also of videos that come later. */
function noteFrames(selector: string): void {
  const framesAtMs: number[] = [];
  Object.assign(window, { framesAtMs });
  const watched = new WeakSet<HTMLVideoElement>();
  const watch = (video: HTMLVideoElement): void => {
    video.requestVideoFrameCallback(() => {
      framesAtMs.push(Date.now());
      watch(video);
    });
  };
  setInterval(() => {
    for (const video of document.querySelectorAll<HTMLVideoElement>(selector)) {
      if (!watched.has(video)) watch(video);
      watched.add(video);
    }
  }, 20);
}

/** Presses the button, so to speak: asks the demo to stop its server. */
async function stopServer(page: Page): Promise<{ status: number; answer: unknown }> {
  return await page.evaluate(async () => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch('/backend/outage', { method: 'POST', headers, body: '{}' });
    return { status: response.status, answer: (await response.json()) as unknown };
  });
}

test('a call on the demo survives a crash of the server without a click, and without a reload', async ({
  browser,
}) => {
  test.setTimeout(120_000);
  const demo = await OwnDemo.start();
  const room = newRoom();
  const pages = [await join(browser, demo, room, 'Ada'), await join(browser, demo, room, 'Bob')] as const;
  for (const page of pages) {
    await expect.poll(() => playingVideos(page, remoteVideos), { timeout: 30_000 }).toBe(1);
    await page.evaluate(noteFrames, remoteVideos);
  }
  const [ada, bob] = pages;

  const askedAtMs = Date.now();
  expect(await stopServer(ada)).toEqual({ status: 200, answer: { backInMs: 10_000 } });
  expect(await stopServer(bob)).toMatchObject({ status: 409, answer: { error: 'already_stopped' } });
  for (const page of pages) await expect(page.getByTestId('reconnecting')).toBeVisible();
  expect(await demo.isServerUp()).toBe(false);
  await expect.poll(() => demo.isServerUp(), { timeout: 60_000, intervals: [20] }).toBe(true);
  const backAtMs = Date.now();

  for (const page of pages) {
    const isShown = () =>
      page.evaluate((sinceMs) => window.framesAtMs.some((atMs) => atMs > sinceMs), backAtMs);
    await expect.poll(isShown, { timeout: 60_000 }).toBe(true);
    await expect(page.getByTestId('reconnecting')).toBeHidden();
    await expect.poll(() => playingVideos(page, remoteVideos)).toBe(1);
  }
  const delaysMs = await Promise.all(
    pages.map((page) =>
      page.evaluate(
        (sinceMs) => (window.framesAtMs.find((atMs) => atMs > sinceMs) ?? Infinity) - sinceMs,
        backAtMs,
      ),
    ),
  );
  console.log(
    `server away for ${backAtMs - askedAtMs} ms; then until the other's video: ${delaysMs.join(' and ')} ms`,
  );
  for (const page of pages) await page.context().close();
  await demo.close();
});
