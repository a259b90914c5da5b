import { ParleyError } from '@parley-rtc/client';

/** A part of the SDK that is fetched when it is needed could not be fetched. */
export class PartNotLoadedError extends ParleyError {
  override readonly name = 'PartNotLoadedError';
  override readonly code = 'ERR_PART_NOT_LOADED';
  override readonly retryable = true;
  constructor(part: string, options?: ErrorOptions) {
    super(
      `The part of the SDK for ${part} could not be loaded.`,
      "Check that all files of the app's build are served; after a deployment, load the page anew.",
      options,
    );
  }
}
