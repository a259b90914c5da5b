import type { Browser } from '@playwright/test';

/** The processes of a browser that this test launched: their ids, by what they do. */
export async function processesOf(browser: Browser): Promise<readonly { type: string; id: number }[]> {
  const devtools = await browser.newBrowserCDPSession();
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
  await devtools.detach();
  return processInfo;
}
