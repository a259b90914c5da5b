import { expect, test, type Page } from '@playwright/test';
import { newRoom } from './support/caller.ts';

const pages = ['script-tag', 'react', 'vue'] as const;

async function joinDemo(page: Page, kind: (typeof pages)[number], room: string, name: string): Promise<void> {
  await page.goto(`/${kind}/?room=${room}`);
  await page.getByTestId('name-input').fill(name);
  await page.getByTestId('join-button').click();
  await expect(page.getByTestId('leave-button')).toBeVisible();
}

/** The number of remote tiles whose video plays: its time goes on and it has a picture. */
async function playingTiles(page: Page): Promise<number> {
  return await page.evaluate(async () => {
    const videos = [
      ...document.querySelectorAll<HTMLVideoElement>('[data-testid="tile"]:not([data-self="true"]) video'),
    ];
    const before = videos.map(({ currentTime }) => currentTime);
    await new Promise((resolve) => {
      setTimeout(resolve, 300);
    });
    return videos.filter(
      (video, index) => video.videoWidth > 0 && video.currentTime > (before[index] ?? Infinity),
    ).length;
  });
}

for (const kind of pages) {
  test(`two tabs on the ${kind} page are in one call, and a tile goes when its person goes`, async ({
    context,
  }) => {
    const room = newRoom();
    const ada = await context.newPage();
    const bob = await context.newPage();
    const problems: string[] = [];
    for (const page of [ada, bob]) page.on('pageerror', (error) => problems.push(error.message));
    await joinDemo(ada, kind, room, 'Ada');
    await joinDemo(bob, kind, room, 'Bob');

    await expect.poll(() => playingTiles(ada)).toBe(1);
    await expect.poll(() => playingTiles(bob)).toBe(1);
    await expect(ada.getByText('Bob').first()).toBeVisible();
    await expect(bob.getByText('Ada').first()).toBeVisible();

    await bob.getByTestId('mic-button').click();
    await expect(ada.locator('[data-testid="tile"]:not([data-self="true"])')).toContainText(/muted/i);

    await bob.getByTestId('leave-button').click();
    await expect(ada.locator('[data-testid="tile"]:not([data-self="true"])')).toHaveCount(0);
    await expect(bob.getByTestId('join-button')).toBeVisible();
    expect(problems).toEqual([]);
  });
}

test('people on the three kinds of page meet in one room', async ({ context }) => {
  const room = newRoom();
  const tabs: Page[] = [];
  for (const kind of pages) {
    const page = await context.newPage();
    await joinDemo(page, kind, room, `Guest on ${kind}`);
    tabs.push(page);
  }
  for (const page of tabs) await expect.poll(() => playingTiles(page), { timeout: 30_000 }).toBe(2);
});

test('the first page explains the demo and links to each kind of page', async ({ page }) => {
  await page.goto('/');
  for (const kind of pages) await expect(page.locator(`a[href*="${kind}"]`).first()).toBeVisible();
});
