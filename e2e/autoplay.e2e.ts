import { test, type Browser, type Page } from '@playwright/test';
import { demoUrl } from './support/addresses.ts';
import { askForTicket, Caller, newRoom, usualSdkFile } from './support/caller.ts';
import { evaluateWithoutGesture } from './support/evaluate-without-gesture.ts';
import { expect } from './support/expect.ts';
import { launchChromium } from './support/launch-chromium.ts';
import { installMediaProbe } from './support/media-probe.ts';
import { joinRoom } from './support/page-scripts.ts';
import { receivedMedia } from './support/received-media.ts';

// Tracing evaluates code in the page, which counts as a user gesture to the browser.
test.use({ trace: 'off' });

/** A page with the SDK and without any user gesture. */
async function openWithoutGesture(browser: Browser): Promise<Page> {
  const page = await browser.newPage({ baseURL: demoUrl });
  await page.addInitScript(installMediaProbe);
  await page.goto('/');
  await evaluateWithoutGesture(
    page,
    (sdkFile) =>
      new Promise<void>((resolve) => {
        const script = Object.assign(document.createElement('script'), { src: sdkFile });
        script.addEventListener('load', () => resolve());
        document.body.replaceChildren(script);
      }),
    usualSdkFile,
  );
  return page;
}

test('reports audio that the browser blocks, and plays it after one click', async ({ browser }) => {
  const room = newRoom();
  const ada = await Caller.open(browser);
  await ada.join(room, 'Ada');
  await ada.publish(11, 440);

  // Blocks audible playback before a click, like users' browsers. Captures nothing, because that would count as a gesture.
  const strictBrowser = await launchChromium([], ['--autoplay-policy']);
  const page = await openWithoutGesture(strictBrowser);
  const ask = <Result>(call: () => Result | Promise<Result>) => evaluateWithoutGesture(page, call, undefined);
  await evaluateWithoutGesture(page, joinRoom, { ...(await askForTicket(room)), name: 'Bob' });
  await expect.poll(() => ask(() => window.views.size)).toBe(1);
  await ask(() => {
    const tile = Object.assign(document.createElement('video'), { playsInline: true });
    const button = Object.assign(document.createElement('button'), { textContent: 'Play' });
    Object.assign(button.style, { position: 'fixed', inset: '0 auto auto 0', width: '9em', height: '3em' });
    button.addEventListener('click', () => void window.conference.startPlayback());
    document.body.append(tile, button);
    window.conference.on('playback-changed', ({ playback }) => {
      window.diary.push(`blocked ${playback.blockedStreamIds.length}`);
    });
    const [view] = window.views.values();
    view?.attach(tile);
  });
  expect(await ask(() => navigator.userActivation.hasBeenActive)).toBe(false);
  const blocked = () => ask(() => window.conference.state.getSnapshot().playback.blockedStreamIds);
  await expect.poll(blocked).toEqual(await ask(() => [...window.views.keys()]));
  expect(await ask(() => document.querySelector('video')?.paused)).toBe(true);
  const withoutClick = await ask(() =>
    window.conference.startPlayback().then(
      () => 'plays',
      (error: unknown) => (error as { code: string }).code,
    ),
  );
  expect(withoutClick).toBe('ERR_PLAYBACK_BLOCKED');

  // Chromium counts only audible playback.
  expect((await ask(receivedMedia)).audioEnergy).toBe(0);
  await page.mouse.click(20, 10);
  await expect.poll(blocked).toEqual([]);
  expect(await ask(() => document.querySelector('video')?.paused)).toBe(false);
  await expect.poll(async () => (await ask(receivedMedia)).audioEnergy).toBeGreaterThan(0.01);
  const diary = await ask(() => window.diary);
  expect(diary.filter((line) => line.startsWith('blocked'))).toEqual(['blocked 1', 'blocked 0']);
  expect(diary).toContainEqual(expect.stringMatching(/^error ERR_PLAYBACK_BLOCKED/));

  await strictBrowser.close();
  await ada.close();
});
