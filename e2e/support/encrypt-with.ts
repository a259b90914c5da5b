/** What Playwright's and Puppeteer's pages have in common here. */
interface AnyPage {
  addScriptTag(options: { url: string }): Promise<unknown>;
  evaluate(script: (key: string | undefined) => void, key: string | undefined): Promise<void>;
}

/** Lets the page join with end-to-end encryption, by a passphrase or without a key yet. */
export async function encryptWith(page: AnyPage, key?: string): Promise<void> {
  await page.addScriptTag({ url: '/parley-encryption.iife.js' });
  await page.evaluate((key) => {
    window.encryption = window.ParleyEncryption.createMediaEncryption({ ...(key !== undefined && { key }) });
  }, key);
}
