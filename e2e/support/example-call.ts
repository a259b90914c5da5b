import type { Browser, Page } from '@playwright/test';
import { newRoom } from './caller.ts';
import { expectNewFrames } from './expect-new-frames.ts';
import { expect } from './expect.ts';

interface Visitor {
  readonly page: Page;
  /** Errors that nothing in the page has caught. */
  readonly errors: readonly string[];
}

/** Two people meet in a new room of an example, see each other, and one leaves. Nothing in their pages fails. */
export async function expectCallOfTwo(browser: Browser, app: string): Promise<void> {
  const url = `${app}/?room=${newRoom()}`;
  const ada = await join(browser, url, 'Ada');
  const bob = await join(browser, url, 'Bob');
  await expectVideoOf(ada.page, 'Bob');
  await expectVideoOf(bob.page, 'Ada');

  // The apps hear the event with which a call ends.
  await bob.page.getByRole('button', { name: 'Leave' }).click();
  await expect(bob.page.getByRole('heading', { name: 'You left the call' })).toBeVisible();
  await expect(bob.page).toHaveTitle('Goodbye');
  await expect(ada.page).not.toHaveTitle('Goodbye');
  expect([...ada.errors, ...bob.errors]).toEqual([]);
  for (const { page } of [ada, bob]) await page.context().close();
}

/** Opens an app and joins its call. */
async function join(browser: Browser, url: string, name: string): Promise<Visitor> {
  const page = await (await browser.newContext()).newPage();
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  await page.goto(url);
  const lobby = page.locator('parley-lobby');
  await lobby.getByLabel('Your name').fill(name);
  await lobby.getByRole('button', { name: 'Join call' }).click();
  return { page, errors };
}

/** Waits until the page shows someone's video, and ten more frames of it. */
async function expectVideoOf(page: Page, name: string): Promise<void> {
  const tile = page.locator('parley-tile').filter({ has: page.locator('bdi', { hasText: name }) });
  await expectNewFrames(tile.locator('video'), 10);
}
