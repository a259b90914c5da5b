import { ParleyError } from '@parley-rtc/client';

// In its own file so that loading a part does not load other errors first.

/** A file that the SDK loads on demand could not be loaded. */
export class PartNotLoadedError extends ParleyError {
  override readonly name = 'PartNotLoadedError';
  override readonly code = 'ERR_PART_NOT_LOADED';
  override readonly retryable = true;
  constructor(part: string, options?: ErrorOptions) {
    super(
      `The SDK's file for ${part} could not be loaded.`,
      'Serve all files of the build. After a deployment, reload the page.',
      options,
    );
  }
}
