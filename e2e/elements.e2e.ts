import { test } from '@playwright/test';
import { Caller, newRoom } from './support/caller.ts';
import { expect } from './support/expect.ts';
import { playingVideos } from './support/playing-videos.ts';

/** The bar codes that the page's tiles show, from top to bottom. */
async function shown(caller: Caller): Promise<(number | undefined)[]> {
  return await caller.page.evaluate(() =>
    [...document.querySelectorAll('video')].map((tile) => window.probe.readElement(tile)?.id),
  );
}

/** Ada, who publishes these bar codes, and Bob, who has a tile for each, in this order. */
async function tilesFor(
  browser: Parameters<typeof Caller.open>[0],
  ids: readonly number[],
): Promise<[Caller, Caller]> {
  const room = newRoom();
  const [ada, bob] = [await Caller.open(browser), await Caller.open(browser)];
  await Promise.all([ada.join(room, 'Ada'), bob.join(room, 'Bob')]);
  for (const id of ids) {
    await ada.publish(id);
    await expect.poll(() => bob.page.evaluate(() => window.views.size)).toBe(ids.indexOf(id) + 1);
    await bob.page.evaluate(() => {
      const view = [...window.views.values()].at(-1);
      const tile = Object.assign(document.createElement('video'), { muted: true, playsInline: true });
      Object.assign(tile.style, { display: 'block', width: '320px', height: '180px' });
      document.body.append(tile);
      view?.attach(tile);
    });
  }
  await expect.poll(() => shown(bob)).toEqual(ids);
  return [ada, bob];
}

test('tiles that are moved in the page, or removed for a while, keep playing', async ({ browser }) => {
  const [ada, bob] = await tilesFor(browser, [11, 22, 33]);
  // Moving an element removes it from the page briefly, so the browser pauses it.
  await bob.page.evaluate(() => {
    const [first, , third] = document.querySelectorAll('video');
    if (first) document.body.append(first);
    if (third) document.body.prepend(third);
  });
  await expect.poll(() => shown(bob)).toEqual([33, 22, 11]);
  await expect.poll(() => playingVideos(bob.page)).toBe(3);
  await bob.page.evaluate(async () => {
    const tile = document.querySelector('video');
    tile?.remove();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    if (tile) document.body.append(tile);
  });
  await expect.poll(() => shown(bob)).toEqual([22, 11, 33]);
  await expect.poll(() => playingVideos(bob.page)).toBe(3);
  expect(await bob.diary()).not.toContainEqual(expect.stringMatching(/^error/));
  for (const caller of [ada, bob]) await caller.close();
});

test('tiles recycled by a list show the view that was attached last', async ({ browser }) => {
  const [ada, bob] = await tilesFor(browser, [11, 22]);
  const rotate = () =>
    bob.page.evaluate(() => {
      const tiles = [...document.querySelectorAll('video')];
      const views = [...window.views.values()];
      const turn = Number(document.body.dataset['turn'] ?? 0) + 1;
      document.body.dataset['turn'] = String(turn);
      for (const [index, tile] of tiles.entries()) views[(index + turn) % views.length]?.attach(tile);
    });
  await rotate();
  await expect.poll(() => shown(bob)).toEqual([22, 11]);
  for (let turn = 2; turn <= 20; turn += 1) await rotate();
  await expect.poll(() => shown(bob)).toEqual([11, 22]);
  await expect.poll(() => playingVideos(bob.page)).toBe(2);
  const requestedVideos = () => bob.page.evaluate(() => [...window.views.values()].map(({ video }) => video));
  await expect.poll(requestedVideos).toEqual([{ maxHeightPx: 180 }, { maxHeightPx: 180 }]);
  for (const caller of [ada, bob]) await caller.close();
});

test('a tile moved to a document picture-in-picture window plays at its size there, and in its page again after closing', async ({
  browser,
}) => {
  const [ada, bob] = await tilesFor(browser, [11]);
  await bob.page.evaluate(() => {
    const { documentPictureInPicture } = window as unknown as {
      documentPictureInPicture: { requestWindow: (size: object) => Promise<Window> };
    };
    const [tile] = document.querySelectorAll('video');
    if (!tile) throw new Error('There is no tile.');
    Object.assign(window, { tile });
    const open = async () => {
      const other = await documentPictureInPicture.requestWindow({ width: 400, height: 300 });
      Object.assign(window, { other });
      other.document.body.append(tile);
      other.addEventListener('pagehide', () => document.body.append(tile));
    };
    tile.addEventListener('click', () => void open().then(() => (document.title = 'in')));
  });
  const requestedVideo = () => bob.page.evaluate(() => [...window.views.values()].map(({ video }) => video));
  const resizeTile = (heightPx: number) =>
    bob.page.evaluate((heightPx) => {
      Object.assign(window.tile.style, { width: `${(heightPx * 16) / 9}px`, height: `${heightPx}px` });
    }, heightPx);
  await expect.poll(requestedVideo).toEqual([{ maxHeightPx: 180 }]);
  await bob.page.locator('video').click();
  await expect.poll(() => bob.page.title()).toBe('in');
  const grows = async () => {
    const time = () => bob.page.evaluate(() => window.tile.currentTime);
    const before = await time();
    await bob.page.waitForTimeout(300);
    return (await time()) > before;
  };
  expect(await bob.page.evaluate(() => window.tile.ownerDocument !== document)).toBe(true);
  await expect.poll(grows).toBe(true);
  await resizeTile(90);
  await expect.poll(requestedVideo).toEqual([{ maxHeightPx: 90 }]);
  expect(await grows()).toBe(true);

  await bob.page.evaluate('window.other.close()');
  await expect.poll(() => shown(bob)).toEqual([11]);
  await expect.poll(() => playingVideos(bob.page)).toBe(1);
  await resizeTile(180);
  await expect.poll(requestedVideo).toEqual([{ maxHeightPx: 180 }]);
  for (const caller of [ada, bob]) await caller.close();
});
