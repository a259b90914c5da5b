import { UnsupportedBrowserError } from '../errors/browser-errors.ts';
import type { AttachedElement } from './attached-element.ts';

/**
 * Plays all `elements` through `deviceId`. When one of them cannot, restores the previous output of all.
 *
 * @throws UnsupportedBrowserError (`ERR_UNSUPPORTED_BROWSER`), AudioOutputError (`ERR_AUDIO_OUTPUT`).
 */
export async function moveOutput(
  elements: readonly AttachedElement[],
  deviceId: string,
  before: string | undefined,
): Promise<void> {
  // Without an element, only browser support can be checked.
  if (elements.length === 0 && !(globalThis.HTMLMediaElement && 'setSinkId' in HTMLMediaElement.prototype)) {
    throw new UnsupportedBrowserError('HTMLMediaElement.setSinkId');
  }
  const moves = await Promise.allSettled(elements.map((element) => element.setAudioOutput(deviceId)));
  const failed = moves.find((move) => move.status === 'rejected');
  if (!failed) return;
  await Promise.allSettled(elements.map((element) => element.setAudioOutput(before ?? '')));
  throw failed.reason;
}
