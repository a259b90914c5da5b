import type { ParleyError } from '@parley-rtc/client';
import { MediaConnectionError, PlaybackBlockedError } from '../errors/media-errors.ts';

/** Whether a problem that the conference announces concerns the view of this stream in this element. */
export function isAboutView(error: ParleyError, streamId: string, element: HTMLMediaElement | null): boolean {
  if (error instanceof PlaybackBlockedError) return error.element === element;
  return error instanceof MediaConnectionError && error.direction === 'view' && error.streamId === streamId;
}
