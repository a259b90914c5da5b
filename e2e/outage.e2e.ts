import { test, type Browser, type Page } from '@playwright/test';
import { newRoom } from './support/caller.ts';
import { joinDemo, playingRemoteVideos } from './support/demo-call.ts';
import { expect } from './support/expect.ts';
import { OwnDemo } from './support/own-demo.ts';

declare global {
  interface Window {
    /** When the page presented frames of others, in milliseconds since the epoch. It dies with the page. */
    readonly framesAtMs: readonly number[];
  }
}

async function join(browser: Browser, demo: OwnDemo, room: string, name: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await joinDemo(page, 'script-tag', room, name, { origin: demo.url });
  return page;
}

/** Runs in the page. Notes when frames of others are presented, also of videos that come later. */
function noteFrames(): void {
  const framesAtMs: number[] = [];
  Object.assign(window, { framesAtMs });
  const watched = new WeakSet<HTMLVideoElement>();
  const watch = (video: HTMLVideoElement): void => {
    video.requestVideoFrameCallback(() => {
      framesAtMs.push(Date.now());
      watch(video);
    });
  };
  const look = (root: ParentNode): void => {
    for (const element of root.querySelectorAll('*')) {
      const isVideo = element instanceof HTMLVideoElement;
      if (isVideo && !watched.has(element)) watch(element);
      if (isVideo) watched.add(element);
      const isOwn = element.localName === 'parley-tile' && element.ariaLabel?.startsWith('You');
      if (element.shadowRoot && !isOwn) look(element.shadowRoot);
    }
  };
  setInterval(() => look(document), 20);
}

/** Asks the demo to stop its server. */
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
    await expect.poll(() => playingRemoteVideos(page), { timeout: 30_000 }).toBe(1);
    await page.evaluate(noteFrames);
  }
  const [ada, bob] = pages;

  const askedAtMs = Date.now();
  await ada.getByRole('button', { name: 'How this works' }).click();
  await ada.getByRole('button', { name: 'Stop the server for ten seconds' }).click();
  await expect(ada.getByText('The server is stopped…')).toBeVisible();
  expect(await stopServer(bob)).toMatchObject({ status: 409, answer: { error: 'already_stopped' } });
  for (const page of pages) await expect(page.getByText('Reconnecting…')).toBeVisible();
  expect(await demo.isServerUp()).toBe(false);
  await expect.poll(() => demo.isServerUp(), { timeout: 60_000, intervals: [20] }).toBe(true);
  const backAtMs = Date.now();

  for (const page of pages) {
    const isShown = () =>
      page.evaluate((sinceMs) => window.framesAtMs.some((atMs) => atMs > sinceMs), backAtMs);
    await expect.poll(isShown, { timeout: 60_000 }).toBe(true);
    await expect(page.getByText('Reconnecting…')).toBeHidden();
    await expect.poll(() => playingRemoteVideos(page)).toBe(1);
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
  await expect(ada.getByText(/^The call was back \d+\.\d s after the server\.$/)).toBeVisible();
  for (const page of pages) await page.context().close();
  await demo.close();
});
