import { ParleyError } from '@parley-rtc/sdk';

/** A file that a processor needs is missing from the folder `assets`, or the page may not use it. */
export class ProcessorAssetsError extends ParleyError {
  override readonly name = 'ProcessorAssetsError';
  override readonly code = 'ERR_PROCESSOR_ASSETS';
  override readonly retryable = true;
  /** URL of the file. */
  readonly url: string;
  constructor(url: string, options?: ErrorOptions) {
    super(
      `${url} could not be loaded.`,
      "Run `npx parley-processors copy-assets <folder>` and pass that folder's URL as `assets`. If the page has a Content-Security-Policy, allow script-src 'wasm-unsafe-eval'.",
      options,
    );
    this.url = url;
  }
}

/** A processor could not start, or failed during the call; nothing unprocessed is sent. */
export class ProcessorFailedError extends ParleyError {
  override readonly name = 'ProcessorFailedError';
  override readonly code = 'ERR_PROCESSOR_FAILED';
}
