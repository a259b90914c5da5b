import type { Browser } from '@playwright/test';

/** The processes of a browser, with their types and ids. */
export async function processesOf(browser: Browser): Promise<readonly { type: string; id: number }[]> {
  const devtools = await browser.newBrowserCDPSession();
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
  await devtools.detach();
  return processInfo;
}
