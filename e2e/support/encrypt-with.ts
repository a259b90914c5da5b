/** What Playwright's and Puppeteer's pages have in common. */
interface AnyPage {
  addScriptTag(options: { url: string }): Promise<unknown>;
  evaluate(script: (options: EncryptOptions) => void, options: EncryptOptions): Promise<void>;
}

interface EncryptOptions {
  /** A passphrase. Without it, the page has no key yet. */
  readonly key?: string;
  /** URL of a worker, instead of the one created from text. */
  readonly workerUrl?: string;
}

/** Lets the page join with end-to-end encryption. */
export async function encryptWith(page: AnyPage, options: EncryptOptions): Promise<void> {
  await page.addScriptTag({ url: '/parley-encryption.iife.js' });
  await page.evaluate(({ workerUrl, ...rest }) => {
    const worker = workerUrl !== undefined && new Worker(workerUrl, { type: 'module' });
    window.encryption = window.ParleyEncryption.createMediaEncryption({ ...rest, ...(worker && { worker }) });
  }, options);
}
