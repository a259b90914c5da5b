import { UnsupportedBrowserError } from '../errors/browser-errors.ts';
import type { AttachedElement } from './attached-element.ts';

/**
 * Plays all `elements` through `deviceId`, also those that are added meanwhile. When one of them cannot, restores the output
 * `before` of all, except those that were asked to use another one meanwhile.
 *
 * @throws UnsupportedBrowserError (`ERR_UNSUPPORTED_BROWSER`), AudioOutputError (`ERR_AUDIO_OUTPUT`).
 */
export async function moveOutput(
  elements: () => readonly AttachedElement[],
  deviceId: string,
  before: () => string | undefined,
): Promise<void> {
  // Without an element, only browser support can be checked.
  if (
    elements().length === 0 &&
    !(globalThis.HTMLMediaElement && 'setSinkId' in HTMLMediaElement.prototype)
  ) {
    throw new UnsupportedBrowserError('HTMLMediaElement.setSinkId');
  }
  const moved = new Set<AttachedElement>();
  const rest = () => elements().filter((element) => !moved.has(element));
  for (let next = rest(); next.length > 0; next = rest()) {
    for (const element of next) moved.add(element);
    const moves = await Promise.allSettled(next.map((element) => element.setAudioOutput(deviceId)));
    const failed = moves.find((move) => move.status === 'rejected');
    if (!failed) continue;
    const ours = [...moved].filter(({ requestedOutput }) => requestedOutput === deviceId);
    await Promise.allSettled(ours.map((element) => element.setAudioOutput(before() ?? '')));
    throw failed.reason;
  }
}
