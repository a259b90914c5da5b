import { test, type BrowserContext, type Page } from '@playwright/test';
import { demoUrl } from './support/addresses.ts';
import { newRoom } from './support/caller.ts';
import { expect } from './support/expect.ts';
import { playingVideos } from './support/playing-videos.ts';
import { sharpness } from './support/sharpness.ts';

// In Chromium three fake cameras, to have a choice; the second one gives no video. Ten frames per second are enough to detect
// moving video and leave the cores to the pages.
test.use({
  launchOptions: async ({ browserName, launchOptions }, use) => {
    const fakeDevices = '--use-fake-device-for-media-stream=device-count=3,fps=10';
    await use({
      ...launchOptions,
      ...(browserName === 'chromium' && { args: [...(launchOptions.args ?? []), fakeDevices] }),
    });
  },
});

const kinds = ['script-tag', 'react', 'vue'] as const;
type Kind = (typeof kinds)[number];
const remoteTiles = '[data-testid="tile"]:not([data-self="true"])';
const remoteVideos = `${remoteTiles} video`;

let windows: BrowserContext[] = [];

test.afterEach(async () => {
  for (const window of windows) await window.close();
  windows = [];
});

/** Opens another tab, or in Firefox another window, because Firefox plays no video in a tab in the background. */
async function openTab(context: BrowserContext): Promise<Page> {
  const browser = context.browser();
  if (browser?.browserType().name() !== 'firefox') return await context.newPage();
  const window = await browser.newContext({ baseURL: demoUrl });
  windows.push(window);
  return await window.newPage();
}

/** Opens a page of the demo and collects its errors in `problems`. */
async function openPage(context: BrowserContext, problems: string[]): Promise<Page> {
  const page = await openTab(context);
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    // The browser logs every failed response, even if the page expects and handles it.
    const isAnswer = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isAnswer) problems.push(message.text());
  });
  return page;
}

async function joinDemo(page: Page, kind: Kind, room: string, name: string, rest = ''): Promise<void> {
  await page.goto(`/${kind}/?room=${room}${rest}`);
  await page.getByTestId('name-input').fill(name);
  await page.getByTestId('join-button').click();
  await expect(page.getByTestId('leave-button')).toBeVisible();
}

/** Ada and Bob in one call, on pages of the same kind. */
async function adaAndBob(
  context: BrowserContext,
  kind: Kind,
  rest = '',
): Promise<{ ada: Page; bob: Page; room: string; problems: string[] }> {
  const problems: string[] = [];
  const room = newRoom();
  const ada = await openPage(context, problems);
  await joinDemo(ada, kind, room, 'Ada', rest);
  // Only now, because Firefox opens devices only for the page in front.
  const bob = await openPage(context, problems);
  await joinDemo(bob, kind, room, 'Bob', rest);
  return { ada, bob, room, problems };
}

/** The elements in the middle of a remote tile, topmost first: the video, above the initials once it plays. */
async function layersOfTile(page: Page): Promise<string[]> {
  return await page.locator(remoteTiles).evaluate((tile) => {
    const { x, y, width, height } = tile.getBoundingClientRect();
    const layers = document.elementsFromPoint(x + width / 2, y + height / 2);
    return layers.filter((layer) => tile.contains(layer)).map(({ tagName }) => tagName);
  });
}

for (const kind of kinds) {
  test(`two people on the ${kind} page are in one call, and a tile disappears when its participant leaves`, async ({
    context,
  }) => {
    const { ada, bob, problems } = await adaAndBob(context, kind);
    await expect.poll(() => playingVideos(ada, remoteVideos)).toBe(1);
    await expect.poll(() => playingVideos(bob, remoteVideos)).toBe(1);
    await expect(ada.getByText('Bob').first()).toBeVisible();
    await expect(bob.getByText('Ada').first()).toBeVisible();
    expect(await layersOfTile(bob)).toEqual(['VIDEO', 'DIV', 'FIGURE']);

    await bob.getByTestId('mic-button').press('Space');
    await expect(ada.locator(remoteTiles)).toContainText(/muted/i);
    await expect(bob.getByTestId('mic-button')).toBeFocused();
    await bob.getByTestId('settings-button').click();
    await bob.getByTestId('hold-switch').click();
    await expect(ada.getByTestId('on-hold')).toBeVisible();
    // Initials instead of black video.
    await expect(ada.locator('[data-testid="tile"][data-shows-avatar="true"] .avatar')).toHaveText([
      'A',
      'B',
    ]);
    await ada.bringToFront();
    await ada.getByTestId('on-hold').getByRole('button').press('Enter');
    await expect(bob.getByTestId('on-hold')).toBeHidden();
    await expect(ada.getByRole('heading', { level: 1 })).toBeFocused();

    await ada.context().setOffline(true);
    const status = ada.getByTestId('status');
    await expect(status).toHaveAttribute('data-connection', 'reconnecting');
    await expect(status).toHaveText('Reconnecting…');
    await expect(ada.getByTestId('reconnecting')).toBeVisible();
    await ada.context().setOffline(false);
    await expect(status).toHaveAttribute('data-connection', 'connected');
    await expect(status).toHaveText('Reconnected');
    await expect(ada.getByTestId('reconnecting')).toBeHidden();

    await bob.getByTestId('leave-button').click();
    await expect(ada.locator(remoteTiles)).toHaveCount(0);
    await expect(bob.getByTestId('join-button')).toBeVisible();
    expect(problems).toEqual([]);
  });

  test(`the ${kind} page has chat and raised hands`, async ({ context }) => {
    const { ada, bob, room, problems } = await adaAndBob(context, kind, '&camera=0');
    await expect(bob.getByRole('heading', { level: 1 })).toBeFocused();

    await ada.bringToFront();
    await ada.getByTestId('chat-button').click();
    await expect(ada.getByTestId('message-input')).toBeFocused();
    await ada.getByTestId('message-input').fill('<b>Hello</b> Bob');
    await ada.keyboard.press('Enter');
    await expect(ada.getByTestId('message')).toContainText('<b>Hello</b> Bob');
    await expect(ada.getByTestId('message-input')).toHaveValue('');
    await expect(bob.getByTestId('status')).toHaveText('Ada: <b>Hello</b> Bob');
    await bob.bringToFront();
    await bob.getByRole('button', { name: 'Messages, 1 new' }).click();
    await expect(bob.getByTestId('message')).toHaveText(/^\s*Ada\s*<b>Hello<\/b> Bob\s*$/);
    await bob.keyboard.press('Escape');
    await expect(bob.getByRole('button', { name: 'Messages', exact: true })).toBeFocused();

    // The server refuses Ada's next message. She sends it again with the keyboard.
    await ada.bringToFront();
    await ada.route('**/sendMessages', (route) => route.fulfill({ status: 429, json: {} }));
    await ada.getByTestId('message-input').fill('And you?');
    await ada.keyboard.press('Enter');
    await expect(ada.getByTestId('message').last()).toContainText('Not sent. The server is busy.');
    await ada.unroute('**/sendMessages');
    await ada.keyboard.press('Shift+Tab');
    await expect(ada.getByRole('button', { name: 'Try again' })).toBeFocused();
    await ada.keyboard.press('Enter');
    await expect(ada.getByTestId('message').last()).toHaveText(/^\s*You\s*And you\?\s*$/);
    await expect(ada.getByTestId('message-input')).toBeFocused();
    await expect(bob.getByRole('button', { name: 'Messages, 1 new' })).toBeVisible();

    // Cyd joins late, and reads both messages, although their sender has left.
    await ada.getByTestId('leave-button').click();
    const cyd = await openPage(context, problems);
    await joinDemo(cyd, kind, room, 'Cyd', '&camera=0');
    await cyd.getByRole('button', { name: 'Messages, 2 new' }).click();
    await expect(cyd.getByTestId('message')).toHaveText([/^\s*Ada\s*<b>Hello<\/b> Bob/, /^\s*Ada\s*And you/]);

    await bob.bringToFront();
    await bob.getByTestId('hand-button').click();
    await expect(bob.getByTestId('hand-button')).toHaveAttribute('aria-pressed', 'true');
    await expect(cyd.getByTestId('status')).toHaveText('Bob raised a hand');
    await expect(cyd.locator(remoteTiles).getByRole('img', { name: 'Hand raised' })).toBeVisible();
    await bob.getByTestId('hand-button').click();
    await expect(cyd.locator(remoteTiles).getByRole('img', { name: 'Hand raised' })).toBeHidden();
    expect(problems).toEqual([]);
  });

  // Only Chromium has a fake screen.
  test(
    `the ${kind} page shares a screen until the user stops, on the page or with the browser’s own button`,
    {
      tag: '@chromium',
    },
    async ({ context }) => {
      await context.addInitScript(() => {
        const { mediaDevices } = navigator;
        const getDisplayMedia = mediaDevices.getDisplayMedia.bind(mediaDevices);
        mediaDevices.getDisplayMedia = async (options) => {
          const stream = await getDisplayMedia(options);
          const [track] = stream.getVideoTracks();
          Object.assign(window, {
            pressTheBrowsersButton: () => {
              track?.stop();
              track?.dispatchEvent(new Event('ended'));
            },
          });
          return stream;
        };
      });
      const { ada, bob, problems } = await adaAndBob(context, kind, '&camera=0&mic=0');
      const button = ada.getByTestId('screen-button');
      const screens = (page: Page) => page.locator('[data-testid="tile"][data-kind="screen"]');
      const share = async () => {
        await ada.bringToFront();
        await button.dblclick();
        await expect(button).toHaveAttribute('aria-pressed', 'true');
        await expect(screens(ada)).toHaveCount(1);
        await bob.bringToFront();
        await expect(screens(bob)).toHaveCount(1);
        await expect.poll(() => playingVideos(bob, remoteVideos)).toBe(1);
      };

      await share();
      await expect(button).not.toHaveAttribute('aria-disabled', 'true');
      await button.click();
      await expect(button).toHaveAttribute('aria-pressed', 'false');
      await expect(screens(bob)).toHaveCount(0);

      await share();
      await ada.evaluate(() =>
        (window as unknown as { pressTheBrowsersButton: () => void }).pressTheBrowsersButton(),
      );
      await expect(button).toHaveAttribute('aria-pressed', 'false');
      await expect(screens(ada)).toHaveCount(0);
      await expect(screens(bob)).toHaveCount(0);

      // The user cancels the browser's dialog.
      await ada.evaluate(() => {
        navigator.mediaDevices.getDisplayMedia = () =>
          Promise.reject(new DOMException('Permission denied', 'NotAllowedError'));
      });
      await button.click();
      await expect(ada.getByTestId('error')).toHaveText(/^Nothing is being shared\. Press the button again/);
      await expect(button).toHaveAttribute('aria-pressed', 'false');
      expect(problems).toEqual([]);
    },
  );

  // Firefox has only one fake camera.
  test(
    `the ${kind} page lets users choose a camera in the lobby and in the call, and remembers it`,
    {
      tag: '@chromium',
    },
    async ({ context }) => {
      const problems: string[] = [];
      const page = await openPage(context, problems);
      await page.goto(`/${kind}/?room=${newRoom()}&name=Ada`);
      const cameraIn = (scope: string) =>
        page.evaluate((scope) => {
          const source = document.querySelector<HTMLVideoElement>(`${scope} video`)?.srcObject;
          return source instanceof MediaStream ? source.getVideoTracks()[0]?.label : undefined;
        }, scope);
      await expect.poll(() => cameraIn('[data-testid="preview"]')).toBe('fake_device_0');
      await page
        .getByLabel('Camera', { exact: true })
        .and(page.locator('select'))
        .selectOption('fake_device_2');
      await expect.poll(() => cameraIn('[data-testid="preview"]')).toBe('fake_device_2');
      // The fake microphone beeps once a second.
      await expect
        .poll(() => page.getByTestId('level').evaluate((meter: HTMLMeterElement) => meter.value), {
          intervals: [50],
        })
        .toBeGreaterThan(0.05);

      await page.getByTestId('join-button').click();
      await expect.poll(() => cameraIn('[data-self="true"]')).toBe('fake_device_2');
      await page.getByTestId('settings-button').click();
      await page.getByTestId('camera-menu').selectOption('fake_device_0');
      await expect.poll(() => cameraIn('[data-self="true"]')).toBe('fake_device_0');

      await page.reload();
      await expect(page.getByTestId('camera-menu')).toHaveValue('fake_device_0');
      expect(problems).toEqual([]);
    },
  );
}

test('users of all three pages meet in one room', async ({ context }) => {
  const room = newRoom();
  const tabs: Page[] = [];
  for (const kind of kinds) {
    const page = await openTab(context);
    await joinDemo(page, kind, room, `Guest on ${kind}`);
    tabs.push(page);
  }
  for (const page of tabs)
    await expect.poll(() => playingVideos(page, remoteVideos), { timeout: 30_000 }).toBe(2);
});

// Firefox's fake camera has a single color, in which nothing can be blurred.
test(
  'the background arrives blurred, and sharp again after the blur is turned off',
  {
    tag: '@chromium',
  },
  async ({ context }) => {
    const { ada, bob, problems } = await adaAndBob(context, 'react');
    await expect.poll(() => sharpness(bob, remoteTiles)).toBeGreaterThan(0);
    const sharp = await sharpness(bob, remoteTiles);
    const loaded: string[] = [];
    ada.on('request', (request) => loaded.push(new URL(request.url()).pathname));

    await ada.getByTestId('settings-button').click();
    await ada.getByTestId('blur-switch').click();
    // The library and its model are loaded and compiled first.
    await expect(ada.getByTestId('blur-switch')).toHaveAttribute('aria-checked', 'true', { timeout: 30_000 });
    await expect.poll(() => sharpness(bob, remoteTiles)).toBeLessThan(sharp / 4);
    // Loaded only now, and only from the demo's origin.
    expect(loaded).toContainEqual(expect.stringMatching(/^\/processors\/.*\.wasm$/));

    await ada.getByTestId('blur-switch').click();
    await expect.poll(() => sharpness(bob, remoteTiles)).toBeGreaterThan(sharp / 2);
    expect(problems).toEqual([]);
  },
);

test('the lobby explains a denied camera, and the call works with the microphone', async ({ context }) => {
  await context.addInitScript(() => {
    const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = (constraints) =>
      constraints?.video
        ? Promise.reject(new DOMException('Permission denied', 'NotAllowedError'))
        : getUserMedia(constraints);
  });
  const page = await context.newPage();
  await page.goto(`/react/?room=${newRoom()}&name=Ada`);
  await expect(page.getByTestId('camera-problem')).toHaveText(/^Access to the camera was denied\. Allow it/);
  await expect(page.getByTestId('microphone-problem')).toBeEmpty();
  await page.getByTestId('join-button').click();
  await expect(page.getByTestId('mic-button')).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByTestId('camera-button')).toHaveAttribute('aria-pressed', 'false');
});

for (const kind of kinds) {
  test(`the ${kind} page fits a narrow phone, in the lobby and in the call`, async ({ context }) => {
    const page = await context.newPage();
    await page.setViewportSize({ width: 360, height: 740 });
    const overflow = () =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    await page.goto(`/${kind}/?room=${newRoom()}&name=Ada&camera=0`);
    await expect(page.getByTestId('join-button')).toBeVisible();
    expect(await overflow()).toBe(0);
    // The typed name survives re-rendering.
    await page.getByTestId('name-input').fill('Ada Lovelace');
    await page.getByTestId('camera-button').click();
    await expect(page.getByTestId('camera-button')).toHaveAttribute('aria-pressed', 'true');
    await expect(page.getByTestId('name-input')).toHaveValue('Ada Lovelace');
    // A full call shows an error, and the user can retry with the keyboard.
    await page.route('**/rtc-api/conferences/join', (route) =>
      route.fulfill({ status: 403, json: { error: 'conference_full', error_description: 'Full.' } }),
    );
    await page.getByTestId('join-button').click();
    await expect(page.getByTestId('error')).toHaveText(/^This call is full/);
    await expect(page.getByTestId('join-button')).toBeFocused();
    await expect(page.getByTestId('error')).toBeInViewport({ ratio: 1 });
    await page.unroute('**/rtc-api/conferences/join');
    await page.keyboard.press('Enter');
    await page.getByTestId('settings-button').click();
    expect(await overflow()).toBe(0);
  });
}

test('the first page links to all three pages', async ({ page }) => {
  await page.goto('/');
  for (const kind of kinds) await expect(page.locator(`a[href*="${kind}"]`).first()).toBeVisible();
});
