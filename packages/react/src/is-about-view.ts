import { MediaConnectionError, type ParleyError, PlaybackBlockedError } from '@parley-rtc/sdk';

/** Whether a problem that the conference announces concerns the view of this stream in this element. */
export function isAboutView(error: ParleyError, streamId: string, element: HTMLMediaElement | null): boolean {
  if (error instanceof PlaybackBlockedError) return error.element === element;
  return error instanceof MediaConnectionError && error.direction === 'view' && error.streamId === streamId;
}
