import type { TrackProcessor } from '@parley-rtc/sdk';
import { backgroundProcessor, type BackgroundOptions } from './background/background-processor.ts';

export interface BackgroundBlurOptions extends BackgroundOptions {
  /** How strong the blur is: its radius in a video of 1280 × 720. Other sizes look the same. Default: 20. */
  readonly radiusPx?: number;
}

/**
 * Blurs everything behind people, for `published.setProcessor('video', …)`. Each frame is segmented before it is sent: a frame
 * whose background is not blurred is never sent, and after a failure the track ends (`ERR_TRACK_ENDED`).
 *
 * `setProcessor` rejects with ProcessorAssetsError (`ERR_PROCESSOR_ASSETS`) when a file is missing, ProcessorFailedError
 * (`ERR_PROCESSOR_FAILED`) when the worker fails, and UnsupportedBrowserError (`ERR_UNSUPPORTED_BROWSER`).
 */
export function backgroundBlur({ radiusPx = 20, ...options }: BackgroundBlurOptions): TrackProcessor {
  return backgroundProcessor(options, async () => ({ kind: 'blur', radiusPx }));
}
export type { BackgroundOptions } from './background/background-processor.ts';
export { ProcessorAssetsError, ProcessorFailedError } from './errors/processor-errors.ts';
