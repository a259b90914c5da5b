import { test, type Page } from '@playwright/test';
import { newRoom } from './support/caller.ts';
import { control, joinDemo } from './support/demo-call.ts';
import { expect } from './support/expect.ts';

/** The colour at the upper start corner of a video, as red, green and blue. */
async function cornerColour(page: Page, video: string): Promise<readonly number[]> {
  return await page.locator(video).evaluate((element: HTMLVideoElement) => {
    const context = new OffscreenCanvas(16, 9).getContext('2d');
    context?.drawImage(element, 0, 0, 16, 9);
    return Array.from(context?.getImageData(0, 0, 1, 1).data ?? []).slice(0, 3);
  });
}

test('the lobby offers backgrounds, and others see the chosen one', async ({ context }) => {
  const room = newRoom();
  const ada = await context.newPage();
  const isSky = async (page: Page, video: string): Promise<boolean> => {
    const [red = 0, green = 0, blue = 0] = await cornerColour(page, video);
    // A video without a frame yet is nearly black.
    return blue > 60 && blue > green && blue > red;
  };
  await ada.goto(`/script-tag/?room=${room}`);
  const preview = 'parley-lobby video';
  await expect(ada.locator(preview)).toBeVisible();
  expect(await isSky(ada, preview)).toBe(false);
  await ada.getByRole('button', { name: 'Background' }).click();
  await expect(ada.getByRole('menuitemradio', { name: 'Blur' })).toBeVisible();
  await ada.getByRole('menuitemradio', { name: 'Evening sky' }).click();
  await expect.poll(() => isSky(ada, preview)).toBe(true);
  await ada.screenshot({ path: test.info().outputPath('sky.png') });
  await ada.getByLabel('Your name').fill('Ada');
  await ada.getByRole('button', { name: 'Join call' }).click();
  const bob = await context.newPage();
  await joinDemo(bob, 'script-tag', room, 'Bob');
  await expect.poll(() => isSky(bob, 'parley-tile[aria-label^="Ada"] video')).toBe(true);
});

test('on a phone, “How this works” covers nothing of an open panel', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await joinDemo(page, 'script-tag', newRoom(), 'Ada');
  await control(page, 'Chat').click();
  const title = page.getByRole('heading', { name: 'Chat' });
  await page.screenshot({ path: test.info().outputPath('chat.png') });
  // Fails if something else receives the click.
  await title.click({ trial: true, position: { x: 2, y: 2 } });
  await page.getByRole('button', { name: 'Close chat' }).click({ trial: true });
  await page.getByRole('button', { name: 'How this works' }).click();
  await expect(page.getByRole('dialog', { name: 'How this works' })).toBeVisible();
});
