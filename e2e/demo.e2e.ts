import { test, type BrowserContext, type Page } from '@playwright/test';
import { demoUrl } from './support/addresses.ts';
import { newRoom } from './support/caller.ts';
import {
  control,
  joinDemo,
  leaveButton,
  overflowPx,
  pageKinds,
  playingRemoteVideos,
  remoteTiles,
  type PageKind,
} from './support/demo-call.ts';
import { expect } from './support/expect.ts';
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

/** Ada and Bob in one call, on pages of the same kind. */
async function adaAndBob(
  context: BrowserContext,
  kind: PageKind,
): Promise<{ ada: Page; bob: Page; room: string; problems: string[] }> {
  const problems: string[] = [];
  const room = newRoom();
  const ada = await openPage(context, problems);
  await joinDemo(ada, kind, room, 'Ada');
  // Only now, because Firefox opens devices only for the page in front.
  const bob = await openPage(context, problems);
  await joinDemo(bob, kind, room, 'Bob');
  return { ada, bob, room, problems };
}

async function denyCamera(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = (constraints) =>
      constraints?.video
        ? Promise.reject(new DOMException('Permission denied', 'NotAllowedError'))
        : getUserMedia(constraints);
  });
}

/** The field for messages. Where the chat is not always open, opens it first. */
async function messageField(page: Page, kind: PageKind) {
  await page.bringToFront();
  const field = page.getByRole('textbox', { name: 'Write a message' });
  if (kind === 'script-tag' && !(await field.isVisible())) {
    await page.getByRole('button', { name: /^Chat/ }).click();
  }
  await expect(field).toBeVisible();
  return field;
}

/**
 * Firefox makes each journey on one of the pages: what browsers do differently is in the SDK and the elements, which the pages
 * share.
 */
function inFirefoxOn(page: PageKind, kind: PageKind): { readonly tag: string[] } {
  return { tag: kind === page ? [] : ['@chromium'] };
}

for (const kind of pageKinds) {
  const together = `two people on the ${kind} page are in one call, and a tile disappears when its participant leaves`;
  test(together, inFirefoxOn('script-tag', kind), async ({ context }) => {
    const { ada, bob, problems } = await adaAndBob(context, kind);
    await expect.poll(() => playingRemoteVideos(ada)).toBe(1);
    await expect.poll(() => playingRemoteVideos(bob)).toBe(1);
    await expect(remoteTiles(ada)).toHaveText(/Bob/);
    await expect(remoteTiles(bob)).toHaveText(/Ada/);

    await control(bob, 'Mute').press('Enter');
    await expect(remoteTiles(ada).getByRole('img', { name: 'Muted' })).toBeVisible();
    await expect(control(bob, 'Unmute')).toBeFocused();

    await ada.context().setOffline(true);
    await expect(ada.getByText('Reconnecting…')).toBeVisible();
    await ada.context().setOffline(false);
    await expect(ada.getByText('You’re back online')).toBeVisible();
    await expect(ada.getByText('Reconnecting…')).toBeHidden();

    await leaveButton(bob).click();
    await expect(remoteTiles(ada)).toHaveCount(0);
    await expect(bob.getByRole('heading', { name: 'You left the call' })).toBeVisible();
    await bob.getByRole('button', { name: 'Rejoin' }).click();
    await expect.poll(() => playingRemoteVideos(ada)).toBe(1);
    expect(problems).toEqual([]);
  });

  const writing = `people on the ${kind} page write to each other, and a latecomer reads what they wrote`;
  test(writing, inFirefoxOn('react', kind), async ({ context }) => {
    const { ada, bob, room, problems } = await adaAndBob(context, kind);
    await (await messageField(ada, kind)).fill('<b>Hello</b> Bob');
    await ada.keyboard.press('Enter');
    await expect(ada.getByRole('log')).toContainText('<b>Hello</b> Bob');
    if (kind === 'script-tag') {
      await expect(bob.getByText(/^\W*Ada\W*: \W*<b>Hello<\/b> Bob/)).toBeVisible();
      await expect(bob.getByRole('button', { name: 'Chat, 1 unread' })).toBeVisible();
    }
    await (await messageField(bob, kind)).fill('Hello Ada');
    await bob.keyboard.press('Enter');
    await expect(bob.getByRole('log')).toContainText(/Ada.*<b>Hello<\/b> Bob.*Hello Ada/s);
    await expect(ada.getByRole('log')).toContainText('Hello Ada');

    await ada.bringToFront();
    await leaveButton(ada).click();
    const cyd = await openPage(context, problems);
    await joinDemo(cyd, kind, room, 'Cyd');
    await messageField(cyd, kind);
    await expect(cyd.getByRole('log')).toContainText(/Ada.*<b>Hello<\/b> Bob.*Bob.*Hello Ada/s);
    expect(problems).toEqual([]);
  });

  const narrow = `the ${kind} page fits a narrow phone, in the lobby and in the call`;
  test(narrow, inFirefoxOn('vue', kind), async ({ context }) => {
    const page = await context.newPage();
    await page.setViewportSize({ width: 320, height: 640 });
    await page.goto(`/${kind}/?room=${newRoom()}`);
    await page.getByLabel('Your name').fill('Ada Lovelace');
    expect(await overflowPx(page)).toBe(0);
    // A full call shows an error, and the user can try again.
    const joining = /\/rtc-api\/conferences\/(?:enter|join)$/;
    await page.route(joining, (route) =>
      route.fulfill({ status: 403, json: { error: 'conference_full', error_description: 'Full.' } }),
    );
    const join = page.getByRole('button', { name: 'Join call' });
    await join.click();
    await expect(page.getByRole('alert').filter({ hasText: /^\s*This call is full/ })).toBeInViewport({
      ratio: 1,
    });
    expect(await overflowPx(page)).toBe(0);
    await expect(page.getByLabel('Your name')).toHaveValue('Ada Lovelace');
    await page.unroute(joining);
    await join.click();
    await expect(leaveButton(page)).toBeInViewport({ ratio: 1 });
    await expect(control(page, 'Mute')).toBeInViewport({ ratio: 1 });
    expect(await overflowPx(page)).toBe(0);
  });
}

for (const [kind, text] of [
  ['script-tag', 'You couldn’t be signed in.'],
  ['react', 'The server has a problem.'],
  ['vue', 'The server has a problem.'],
] as const) {
  test(`the ${kind} page blames neither the user nor the invitation when its back end has a problem`, async ({
    context,
  }) => {
    const page = await openTab(context);
    await page.route('**/backend/ticket', (route) =>
      route.fulfill({ status: 502, json: { error: 'server_error', error_description: 'Try again.' } }),
    );
    await page.goto(`/${kind}/?room=${newRoom()}`);
    await page.getByLabel('Your name').fill('Ada');
    await page.getByRole('button', { name: 'Join call' }).click();
    await expect(page.getByRole('alert').filter({ hasText: text })).toBeVisible();
    await page.unroute('**/backend/ticket');
    await page.getByRole('button', { name: 'Join call' }).click();
    await expect(leaveButton(page)).toBeVisible();
  });
}

test('a room may have any name', async ({ context }) => {
  const page = await openTab(context);
  await joinDemo(page, 'react', encodeURIComponent(`${newRoom()}: café №1/2?`), 'Ada');
});

test('users of all three pages meet in one room', async ({ context }) => {
  const room = newRoom();
  const tabs: Page[] = [];
  for (const kind of pageKinds) {
    const page = await openTab(context);
    await joinDemo(page, kind, room, `Guest on ${kind}`);
    tabs.push(page);
  }
  for (const page of tabs) await expect.poll(() => playingRemoteVideos(page), { timeout: 30_000 }).toBe(2);
});

test('the React page shows who will be right back, no matter who joined first', async ({ context }) => {
  const { ada, bob, room, problems } = await adaAndBob(context, 'react');
  const people = (page: Page) => page.locator('main > header').getByRole('listitem');
  await expect(people(ada)).toHaveText(['Ada', 'Bob']);
  await bob.getByRole('button', { name: 'Be right back' }).click();
  await expect(people(ada)).toHaveText(['Ada', 'Bob (away)']);
  const cyd = await openPage(context, problems);
  await joinDemo(cyd, 'react', room, 'Cyd');
  await expect(people(cyd)).toHaveText(['Ada', 'Bob (away)', 'Cyd']);
  await bob.bringToFront();
  await bob.getByRole('button', { name: 'Be right back' }).click();
  await expect(people(ada)).toHaveText(['Ada', 'Bob', 'Cyd']);
  expect(problems).toEqual([]);
});

test('the Vue page counts everyone’s applause, and says who speaks', async ({ context }) => {
  const { ada, bob, problems } = await adaAndBob(context, 'vue');
  await ada.getByRole('button', { name: /^Applaud/ }).click();
  await expect(bob.getByRole('button', { name: 'Applaud (1)' })).toBeVisible();
  await bob.getByRole('button', { name: /^Applaud/ }).click();
  await expect(ada.getByRole('button', { name: 'Applaud (2)' })).toBeVisible();
  await control(bob, 'Mute').click();
  // The fake microphone beeps.
  await expect(bob.locator('main > header')).toContainText(/Ada speaking/);
  expect(problems).toEqual([]);
});

// Firefox's fake camera has a single color, in which nothing can be blurred.
test(
  'the background arrives blurred from the Vue page, and sharp again after the blur is turned off',
  { tag: '@chromium' },
  async ({ context }) => {
    const { ada, bob, problems } = await adaAndBob(context, 'vue');
    const remoteTile = 'parley-tile[aria-label="Ada"]';
    await expect.poll(() => sharpness(bob, remoteTile)).toBeGreaterThan(0);
    const sharp = await sharpness(bob, remoteTile);
    const loaded: string[] = [];
    ada.on('request', (request) => loaded.push(new URL(request.url()).pathname));

    await ada.getByRole('button', { name: 'Blur background' }).click();
    // The segmentation model is loaded and compiled first, without a graphics card.
    await expect(ada.getByRole('button', { name: 'Blur background', pressed: true })).toBeVisible({
      timeout: 30_000,
    });
    await expect.poll(() => sharpness(bob, remoteTile)).toBeLessThan(sharp / 4);
    // Loaded only now, and only from the demo's origin.
    expect(loaded).toContainEqual(expect.stringMatching(/^\/processors\/.*\.wasm$/));

    await ada.getByRole('button', { name: 'Blur background' }).click();
    await expect.poll(() => sharpness(bob, remoteTile)).toBeGreaterThan(sharp / 2);
    expect(problems).toEqual([]);
  },
);

// Only Chromium has a fake screen.
test(
  'a screen is shared until the user stops, on the page or with the browser’s own button',
  { tag: '@chromium' },
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
    const { ada, bob, problems } = await adaAndBob(context, 'script-tag');
    const share = async () => {
      await ada.bringToFront();
      await ada.getByRole('button', { name: 'Share screen' }).click();
      await bob.bringToFront();
      await expect(remoteTiles(bob)).toHaveCount(2);
      await expect.poll(() => playingRemoteVideos(bob)).toBe(2);
    };
    await share();
    await expect(bob.getByRole('group', { name: 'Ada’s screen' })).toBeVisible();
    await ada.getByRole('button', { name: 'Stop sharing' }).first().click();
    await expect(remoteTiles(bob)).toHaveCount(1);

    await share();
    await ada.evaluate(() =>
      (window as unknown as { pressTheBrowsersButton: () => void }).pressTheBrowsersButton(),
    );
    await expect(ada.getByRole('button', { name: 'Share screen' })).toBeVisible();
    await expect(remoteTiles(bob)).toHaveCount(1);
    expect(problems).toEqual([]);
  },
);

// Firefox has only one fake camera.
test(
  'a camera that was chosen in the lobby is used in the call, and remembered',
  { tag: '@chromium' },
  async ({ context }) => {
    const problems: string[] = [];
    const page = await openPage(context, problems);
    await page.goto(`/script-tag/?room=${newRoom()}`);
    const camera = () =>
      page
        .locator('video')
        .first()
        .evaluate((video: HTMLVideoElement) =>
          video.srcObject instanceof MediaStream ? video.srcObject.getVideoTracks()[0]?.label : undefined,
        );
    await expect.poll(camera).toBe('fake_device_0');
    await page.getByRole('button', { name: 'Choose camera' }).click();
    await page.getByRole('menuitemradio', { name: 'fake_device_2' }).click();
    await expect.poll(camera).toBe('fake_device_2');
    await page.getByLabel('Your name').fill('Ada');
    await page.getByRole('button', { name: 'Join call' }).click();
    await expect(leaveButton(page)).toBeVisible();
    await expect.poll(camera).toBe('fake_device_2');

    await page.reload();
    await expect(page.getByLabel('Your name')).toHaveValue('Ada');
    await expect.poll(camera).toBe('fake_device_2');
    expect(problems).toEqual([]);
  },
);

test('the lobby explains a denied camera, and the call works with the microphone', async ({ context }) => {
  const page = await context.newPage();
  await denyCamera(page);
  await page.goto(`/script-tag/?room=${newRoom()}`);
  await expect(page.getByRole('alert')).toHaveText(/^\s*Access to the camera was denied\. Allow it/);
  await page.getByLabel('Your name').fill('Ada');
  await page.getByRole('button', { name: 'Join call' }).click();
  await expect(control(page, 'Mute')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Turn camera on' })).toBeVisible();
});

for (const kind of ['react', 'vue'] as const) {
  const denied = `the ${kind} page explains a denied camera in the call, which works with the microphone`;
  test(denied, inFirefoxOn('react', kind), async ({ context }) => {
    const page = await context.newPage();
    await denyCamera(page);
    await joinDemo(page, kind, newRoom(), 'Ada');
    await expect(page.getByRole('alert')).toHaveText(/Access to the camera.* was denied/);
    await control(page, 'Unmute').click();
    await expect(control(page, 'Mute')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Turn camera on' })).toBeVisible();
  });
}

test('a page that removes the call leaves it, and releases camera and microphone', async ({ context }) => {
  const { ada, bob, problems } = await adaAndBob(context, 'script-tag');
  await expect.poll(() => playingRemoteVideos(ada)).toBe(1);
  const own = bob.locator('parley-tile[aria-label^="You"] video');
  const tracks = await own.evaluateHandle((video: HTMLVideoElement) =>
    video.srcObject instanceof MediaStream ? video.srcObject.getTracks() : [],
  );
  await bob.locator('parley-call').evaluate((call) => call.remove());
  await expect
    .poll(() => tracks.evaluate((all) => all.map(({ readyState }) => readyState)))
    .toEqual(['ended', 'ended']);
  await expect(remoteTiles(ada)).toHaveCount(0);
  expect(problems).toEqual([]);
});

for (const kind of pageKinds) {
  const explained = `“How this works” on the ${kind} page shows timing, sizes, quality and code`;
  test(explained, inFirefoxOn('vue', kind), async ({ context }) => {
    const { bob, problems } = await adaAndBob(context, kind);
    await bob.getByRole('button', { name: 'How this works' }).click();
    const drawer = bob.getByRole('dialog', { name: 'How this works' });
    await expect(drawer).toContainText(/In all\s*\d+ ms/);
    await expect(drawer).toContainText(/Received.*First frame after \d+ ms/s);
    await expect(drawer).toContainText(/Received.*VP8: \d+ × \d+ at \d+ kbit\/s/s);
    await expect(drawer).toContainText(/Sent.*VP8: \d+ × \d+ at \d+ kbit\/s/s);
    await expect(drawer).toContainText(/Quality: (excellent|good|poor|lost)/);
    await expect(drawer).toContainText('await conference.leave();');
    await drawer.getByRole('button', { name: 'Close' }).click();
    await expect(drawer).toBeHidden();
    expect(problems).toEqual([]);
  });
}

test('the first page links to all three pages', async ({ page }) => {
  await page.goto('/');
  for (const kind of pageKinds) {
    const room = await page.locator('#room').textContent();
    await expect(page.locator(`a[href*="${kind}"]`)).toHaveAttribute(
      'href',
      `${demoUrl}/${kind}/?room=${room}`,
    );
  }
});
