import { InvalidOptionsError } from '@parley-rtc/sdk';
import { ProcessorAssetsError } from '../errors/processor-errors.ts';

/** Where the image comes from: a URL, or an image that is loaded already. */
export type ImageSource = string | URL | ImageBitmap | HTMLImageElement;

/**
 * Returns the pixels of an image, for the worker.
 *
 * @throws ProcessorAssetsError (`ERR_PROCESSOR_ASSETS`) when it cannot be loaded, InvalidOptionsError (`ERR_INVALID_OPTIONS`)
 *   when it cannot be drawn.
 */
export async function loadImage(source: ImageSource, signal: AbortSignal): Promise<ImageBitmap> {
  if (typeof source === 'string' || source instanceof URL) return await fetchImage(String(source), signal);
  try {
    const image = await createImageBitmap(source);
    // Throws for an image of another origin: the video would become unreadable, so it could not be sent.
    const context = new OffscreenCanvas(1, 1).getContext('2d');
    context?.drawImage(image, 0, 0);
    context?.getImageData(0, 0, 1, 1);
    return image;
  } catch (cause) {
    throw new InvalidOptionsError(
      'The image of the background cannot be drawn.',
      'Pass an image that has loaded; from another origin, load it with `crossOrigin`.',
      { cause },
    );
  }
}

async function fetchImage(source: string, signal: AbortSignal): Promise<ImageBitmap> {
  const url = new URL(source, document.baseURI).href;
  try {
    const response = await fetch(url, { signal });
    if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    return await createImageBitmap(await response.blob());
  } catch (cause) {
    signal.throwIfAborted();
    throw new ProcessorAssetsError(url, { cause });
  }
}
