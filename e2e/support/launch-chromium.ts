import { type Browser, chromium } from '@playwright/test';
import { browserArguments } from './browser-arguments.ts';
import { findBrowser } from './browser.ts';

/** A Chromium of one test alone, with `flags` beside the usual ones and none that begins with one of `without`. */
export async function launchChromium(
  flags: readonly string[],
  without: readonly string[] = [],
): Promise<Browser> {
  const executablePath = findBrowser();
  const usual = browserArguments.filter((usual) => !without.some((flag) => usual.startsWith(flag)));
  return await chromium.launch({ ...(executablePath && { executablePath }), args: [...usual, ...flags] });
}
