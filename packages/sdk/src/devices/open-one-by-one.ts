import type { ParleyError } from '@parley-rtc/client';
import type { TrackKind } from '../stream-kinds.ts';
import type { Captured } from './media-source.ts';

const missingCodes: readonly string[] = [
  'ERR_DEVICE_NOT_FOUND',
  'ERR_DEVICE_IN_USE',
  'ERR_DEVICE_OVERCONSTRAINED',
];

function isMissing(error: unknown): error is ParleyError {
  return missingCodes.includes((error as Partial<ParleyError> | undefined)?.code ?? '');
}

/**
 * Opens microphone and camera one by one, because opening them together failed with `error`. Rejects with that error when
 * neither can be opened, and with any refusal; then nothing stays open, nor does it once `signal` aborts.
 */
export async function openOneByOne(
  error: unknown,
  open: (kind: TrackKind) => Promise<Pick<Captured, 'mediaStream'>>,
  signal: AbortSignal,
): Promise<Pick<Captured, 'mediaStream' | 'missing'>> {
  if (!isMissing(error)) throw error;
  const mediaStream = new MediaStream();
  const missing: Partial<Record<TrackKind, ParleyError>> = {};
  const stop = () => {
    for (const track of mediaStream.getTracks()) track.stop();
  };
  // The second device may take any time: the user has to allow it.
  signal.addEventListener('abort', stop);
  try {
    for (const kind of ['audio', 'video'] as const) {
      signal.throwIfAborted();
      try {
        const opened = await open(kind);
        for (const track of opened.mediaStream.getTracks()) mediaStream.addTrack(track);
      } catch (cause) {
        if (!isMissing(cause)) throw cause;
        missing[kind] = cause;
      }
    }
  } catch (cause) {
    stop();
    throw cause;
  } finally {
    signal.removeEventListener('abort', stop);
  }
  if (missing.audio && missing.video) throw error;
  return { mediaStream, missing };
}
