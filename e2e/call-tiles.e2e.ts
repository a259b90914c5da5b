import { test, type Page } from '@playwright/test';
import { CallPage } from './support/call-page.ts';
import { newRoom } from './support/caller.ts';
import { expect } from './support/expect.ts';

/** Opens the menu of a tile with the keyboard, and chooses an item. */
async function choose({ page }: CallPage, name: string, item: string): Promise<void> {
  await page.getByRole('button', { name: `Options for ${name}` }).focus();
  await page.keyboard.press('Enter');
  const wanted = page
    .getByRole('menu')
    .getByRole(/%$|^(Automatic|High|Low|Audio)/.test(item) ? 'menuitemradio' : 'menuitem', {
      name: item,
      exact: true,
    });
  for (let steps = 0; steps < 20; steps += 1) {
    if (await wanted.evaluate((element) => element.matches(':focus'))) break;
    await page.keyboard.press('ArrowDown');
  }
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: `Options for ${name}` })).toBeFocused();
}

/** What the page requests of the only stream that it views. */
async function requestedVideo(page: Page): Promise<unknown> {
  return await page.locator('parley-call-view').evaluate((view) => {
    const { call } = view as unknown as {
      call: { views: { getSnapshot: () => { views: Map<string, object> } } };
    };
    return Array.from(
      call.views.getSnapshot().views.values(),
      (one) => Reflect.get(one, 'video') as unknown,
    )[0];
  });
}

async function adaAndBob(browser: Parameters<typeof CallPage.open>[0]): Promise<[CallPage, CallPage]> {
  const room = newRoom();
  const ada = await CallPage.open(browser, room, { viewport: { width: 1000, height: 700 } });
  await ada.join('Ada');
  const bob = await CallPage.open(browser, room, { viewport: { width: 1000, height: 700 } });
  await bob.joinSilently('Bob');
  await bob.expectVideoOf('Ada');
  return [ada, bob];
}

test('a long name ends beside the self-view, in whichever corner that is', async ({ browser }) => {
  const room = newRoom();
  const name = 'Wilhelmina Featherstonehaugh-Cholmondeley';
  const ada = await CallPage.open(browser, room);
  await ada.joinSilently(name);
  const bob = await CallPage.open(browser, room, { viewport: { width: 320, height: 568 } });
  await bob.joinSilently('Bob');
  const label = bob.tiles(name).locator('.label');
  const self = bob.stage.locator('[data-role="floating"]');
  /** Whether the name is beside the self-view, before or after it, and how much of it shows. */
  const places = async () => {
    const [text, own] = [await label.boundingBox(), await self.boundingBox()];
    if (!text || !own) return 'hidden';
    if (text.width < 60) return `only ${text.width} pixels of the name`;
    if (text.x + text.width <= own.x) return 'before';
    return own.x + own.width <= text.x ? 'after' : 'covered';
  };
  await expect.poll(places).toBe('before');
  await self.focus();
  await bob.page.keyboard.press('ArrowLeft');
  await expect.poll(places).toBe('after');
  for (const side of [ada, bob]) await side.close();
});

test('a user chooses how good a video is, or none, by keyboard, and the choice is announced', async ({
  browser,
}) => {
  test.setTimeout(120_000);
  const [ada, bob] = await adaAndBob(browser);
  const announced = bob.tiles('Ada').getByRole('status');
  await choose(bob, 'Ada', 'Low, saves data');
  await expect(announced).toHaveText('Video of Ada: Low, saves data');
  expect(await requestedVideo(bob.page)).toEqual({ maxHeightPx: 180 });
  const height = () =>
    bob
      .tiles('Ada')
      .locator('video')
      .evaluate((video: HTMLVideoElement) => video.videoHeight);
  await expect.poll(height, { timeout: 30_000 }).toBeLessThanOrEqual(180);

  await choose(bob, 'Ada', 'Audio only');
  expect(await requestedVideo(bob.page)).toEqual({ isPaused: true });
  await expect(bob.tiles('Ada').locator('video')).toHaveCount(0);
  // The voice goes on.
  await expect(bob.tiles('Ada').and(bob.page.locator('[speaking]'))).toHaveCount(1);
  await expect(bob.tiles('Ada')).not.toContainText('Video paused');

  await choose(bob, 'Ada', 'High');
  expect(await requestedVideo(bob.page)).toEqual({});
  await bob.expectVideoOf('Ada');
  await choose(bob, 'Ada', '50%');
  await expect(announced).toHaveText('Volume of Ada: 50%');
  const volumes = () =>
    bob.page
      .locator('parley-audio audio')
      .evaluateAll((all) => all.map((one) => (one as HTMLAudioElement).volume));
  expect(await volumes()).toEqual([0.5]);
  await choose(bob, 'Ada', 'Pin');
  await expect(announced).toHaveText('Ada is pinned');
  await expect(bob.tiles('Ada')).toHaveAttribute('data-role', 'focus');
  await choose(bob, 'Ada', 'Unpin');
  await expect(announced).toHaveText('Ada is no longer pinned');
  for (const side of [ada, bob]) await side.close();
});

test('the volume of somebody without a camera can be changed', async ({ browser }) => {
  const room = newRoom();
  const ada = await CallPage.open(browser, room);
  await ada.lobby.getByRole('button', { name: 'Camera', exact: true }).click();
  await ada.join('Ada');
  const bob = await CallPage.open(browser, room);
  await bob.joinSilently('Bob');
  await expect(bob.tiles('Ada').and(bob.page.locator('[speaking]'))).toHaveCount(1);
  await choose(bob, 'Ada', '0%');
  await expect
    .poll(() =>
      bob.page
        .locator('parley-audio audio')
        .evaluateAll((all) => all.map((one) => (one as HTMLAudioElement).volume)),
    )
    .toEqual([0]);
  for (const side of [ada, bob]) await side.close();
});

// Only Chromium has windows for more than one video.
test(
  'the call moves to a small window that has its styles, tiles and controls, and comes back',
  { tag: '@chromium' },
  async ({ browser }) => {
    const [ada, bob] = await adaAndBob(browser);
    const opened = bob.page.context().waitForEvent('page');
    await bob.chooseMore('Show in a small window');
    const small = await opened;
    await expect(bob.page.getByText('This call is in a small window')).toBeVisible();
    await expect(bob.stage).toHaveCount(0);
    const video = small.locator('parley-tile video').first();
    await expect(video).toBeVisible();
    const hasFrames = () => video.evaluate((one: HTMLVideoElement) => one.videoWidth > 0 && !one.paused);
    await expect.poll(hasFrames).toBe(true);
    // Style sheets of another document do not count, so the elements bring their own.
    const leave = small.locator('parley-controls').getByRole('button', { name: 'Leave' });
    await expect(leave).toHaveCSS('background-color', 'rgb(198, 34, 50)');
    await small.screenshot({ path: 'test-results/call-states/small-window.png' });
    await bob.page.screenshot({ path: 'test-results/call-states/elsewhere.png' });
    await small.keyboard.press('h');
    await expect(ada.tiles('Bob').getByRole('img', { name: 'Hand raised' })).toBeVisible();
    await bob.page.getByRole('button', { name: 'Bring it back' }).click();
    await bob.expectVideoOf('Ada');

    const again = bob.page.context().waitForEvent('page');
    await bob.chooseMore('Show in a small window');
    const second = await again;
    await second.locator('parley-controls').getByRole('button', { name: 'Leave' }).click();
    await expect(bob.page.getByRole('heading', { name: 'You left the call' })).toBeVisible();
    await expect.poll(() => second.isClosed()).toBe(true);
    for (const side of [ada, bob]) await side.close();
  },
);
