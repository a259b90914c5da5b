import type { Locator, Page } from '@playwright/test';
import { expect } from './expect.ts';
import { playingVideos } from './playing-videos.ts';

/** The pages of the demo, each with a call. */
export const pageKinds = ['script-tag', 'react', 'vue'] as const;
export type PageKind = (typeof pageKinds)[number];

/** Tiles of others, also in shadow roots. One's own are labelled "You", "Your screen" or "Your video". */
const tilesOfOthers = 'parley-tile:not([aria-label^="You"])';

/** Joins `room` on a page of the demo as a user does. */
export async function joinDemo(
  page: Page,
  kind: PageKind,
  room: string,
  name: string,
  { origin = '', rest = '' }: { readonly origin?: string; readonly rest?: string } = {},
): Promise<void> {
  await page.goto(`${origin}/${kind}/?room=${room}${rest}`);
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Join call' }).click();
  await expect(leaveButton(page)).toBeVisible();
}

/** A button of the call's controls. */
export function control(page: Page, name: string): Locator {
  return page.locator('parley-controls').getByRole('button', { name, exact: true });
}

/** Shown in a call, and only there. */
export function leaveButton(page: Page): Locator {
  return control(page, 'Leave');
}

export function remoteTiles(page: Page): Locator {
  return page.locator(tilesOfOthers);
}

/** How many videos of others play. */
export async function playingRemoteVideos(page: Page): Promise<number> {
  return await playingVideos(page, `${tilesOfOthers} video`);
}

/** How much wider than the window the page is, in CSS pixels. */
export async function overflowPx(page: Page): Promise<number> {
  return await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
}
