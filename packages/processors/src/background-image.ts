import type { TrackProcessor } from '@parley-rtc/sdk';
import { backgroundProcessor, type BackgroundOptions } from './background/background-processor.ts';
import { loadImage, type ImageSource } from './background/load-image.ts';

export interface BackgroundImageOptions extends BackgroundOptions {
  /** The image, which covers the whole background. From another origin only with CORS. */
  readonly image: ImageSource;
}

/**
 * Shows an image behind people, for `published.setProcessor('video', …)`. It fails as `backgroundBlur` does: without ever
 * sending the real background.
 */
export function backgroundImage({ image, ...options }: BackgroundImageOptions): TrackProcessor {
  return backgroundProcessor(options, async (signal) => ({
    kind: 'image',
    image: await loadImage(image, signal),
  }));
}
export type { BackgroundOptions } from './background/background-processor.ts';
export type { ImageSource } from './background/load-image.ts';
export { ProcessorAssetsError, ProcessorFailedError } from './errors/processor-errors.ts';
