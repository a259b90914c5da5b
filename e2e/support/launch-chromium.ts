import { type Browser, chromium } from '@playwright/test';
import { browserArguments } from './browser-arguments.ts';
import { findBrowser } from './browser.ts';

/**
 * A Chromium of one test alone, with `flags` beside the usual ones and none that begins with one of `without`. It can be given
 * another home than this user's.
 */
export async function launchChromium(
  flags: readonly string[],
  without: readonly string[] = [],
  home?: string,
): Promise<Browser> {
  const executablePath = findBrowser();
  const usual = browserArguments.filter((usual) => !without.some((flag) => usual.startsWith(flag)));
  return await chromium.launch({
    ...(executablePath && { executablePath }),
    args: [...usual, ...flags],
    ...(home !== undefined && { env: { ...process.env, HOME: home } }),
  });
}
