import { UnsupportedBrowserError } from '../errors/browser-errors.ts';
import type { AttachedElement } from './attached-element.ts';

/**
 * Plays all of `elements` through `deviceId`, or, when one of them cannot, through what it was before.
 *
 * @throws UnsupportedBrowserError (`ERR_UNSUPPORTED_BROWSER`), AudioOutputError (`ERR_AUDIO_OUTPUT`).
 */
export async function moveOutput(
  elements: readonly AttachedElement[],
  deviceId: string,
  before: string | undefined,
): Promise<void> {
  // Before any element is attached, this is all that can be told.
  if (elements.length === 0 && !(globalThis.HTMLMediaElement && 'setSinkId' in HTMLMediaElement.prototype)) {
    throw new UnsupportedBrowserError('HTMLMediaElement.setSinkId');
  }
  const moves = await Promise.allSettled(elements.map((element) => element.setAudioOutput(deviceId)));
  const failed = moves.find((move) => move.status === 'rejected');
  if (!failed) return;
  await Promise.allSettled(elements.map((element) => element.setAudioOutput(before ?? '')));
  throw failed.reason;
}
