import { withDeadline } from '@parley-rtc/client';
import { AudioOutputError } from './errors/viewing-errors.ts';
import { audioOutputTimeoutMs } from './waiting/recovery-policy.ts';

/**
 * Plays an element through another audio output. `operation` is the public call that this is part of.
 *
 * @throws AudioOutputError (`ERR_AUDIO_OUTPUT`) if the browser refuses, or does not answer in time.
 */
export async function moveToOutput(
  element: HTMLMediaElement,
  deviceId: string,
  operation: string,
): Promise<void> {
  try {
    await withDeadline({ operation, timeoutMs: audioOutputTimeoutMs }, () => element.setSinkId(deviceId));
  } catch (cause) {
    throw new AudioOutputError(deviceId, { cause });
  }
}
