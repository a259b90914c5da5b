import { chromium, type Browser } from '@playwright/test';
import { browserArguments } from './browser-arguments.ts';
import { findBrowser } from './browser.ts';

/**
 * Launches a Chromium for one test, with `flags` in addition to the usual ones and without usual flags that begin with one of
 * `without`. `home` replaces the user's home folder.
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
