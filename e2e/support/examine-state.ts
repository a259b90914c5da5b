import { mkdirSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { accessibilityProblems } from './accessibility-problems.ts';
import { expect } from './expect.ts';
import { layoutChanges } from './known-layouts.ts';
import { layoutOf, layoutProblems } from './layout-of.ts';

/** Pictures of every state, for people to look at. */
const pictures = 'test-results/call-states';
mkdirSync(pictures, { recursive: true });

const sizes = [
  { name: 'desktop', width: 1280, height: 800 },
  { name: 'phone', width: 390, height: 844 },
  { name: 'smallest', width: 320, height: 568 },
  { name: 'landscape', width: 740, height: 360 },
];

/**
 * Checks that a state is accessible and fits, in light and dark and in every size, and that everything is where it was when its
 * layout was committed. Takes pictures of it.
 */
export async function examine({ page }: { readonly page: Page }, state: string): Promise<void> {
  const changes: string[] = [];
  for (const size of sizes) {
    await page.setViewportSize(size);
    await holdControls(page, size);
    await untilStill(page);
    const isWider = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect(isWider, `${state} scrolls sideways on ${size.name}`).toBe(false);
    await page.screenshot({ path: `${pictures}/${state}-${size.name}.png` });
    expect.soft(await layoutProblems(page), `${state} on ${size.name}`).toEqual([]);
    const changed = layoutChanges(state, size, await layoutOf(page));
    changes.push(...changed.map((change) => `${size.name}: ${change}`));
  }
  expect.soft(changes, `the layout of ${state}`).toEqual([]);
  const [desktop] = sizes;
  if (desktop) {
    await page.setViewportSize(desktop);
    await holdControls(page, desktop);
  }
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const examination = { isWhole: true, coloursOnly: colorScheme === 'dark' };
    expect(await accessibilityProblems(page, examination), `${state}, ${colorScheme}`).toEqual([]);
  }
  await page.screenshot({ path: `${pictures}/${state}-dark.png` });
  await page.emulateMedia({ colorScheme: 'light' });
}

/** Points at the controls of a call, which fade while nobody does. */
async function holdControls(page: Page, { width, height }: { width: number; height: number }): Promise<void> {
  await page.mouse.move(width / 2, height - 30);
}

/** Waits until nothing moves: tiles glide to their new places. */
async function untilStill(page: Page): Promise<void> {
  let before = '';
  await expect
    .poll(async () => {
      const now = JSON.stringify(await layoutOf(page));
      const isStill = now === before;
      before = now;
      return isStill;
    })
    .toBe(true);
}
