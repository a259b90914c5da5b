/** What Playwright's and Puppeteer's pages have in common here. */
interface AnyPage {
  addScriptTag(options: { url: string }): Promise<unknown>;
  evaluate(script: (options: EncryptOptions) => void, options: EncryptOptions): Promise<void>;
}

interface EncryptOptions {
  /** A passphrase. Without one the page has no key yet. */
  readonly key?: string;
  /** Address of a worker, instead of the one that is made from text. */
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
