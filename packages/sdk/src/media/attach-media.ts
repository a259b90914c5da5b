import { PlaybackBlockedError } from '../errors/media-errors.ts';

/**
 * Shows and plays `mediaStream` in `element`. The returned function clears the element, unless it shows something else
 * by then. `onBlocked` hears when the browser wants a click first.
 */
export function attachMedia(
  element: HTMLMediaElement,
  mediaStream: MediaStream,
  onBlocked: (error: PlaybackBlockedError) => void,
): () => void {
  element.srcObject = mediaStream;
  element.play().catch((cause: unknown) => {
    // Everything else means that the element was given something else to show meanwhile.
    if (cause instanceof Error && cause.name === 'NotAllowedError') {
      onBlocked(new PlaybackBlockedError(element, { cause }));
    }
  });
  return () => {
    if (element.srcObject === mediaStream) element.srcObject = null;
  };
}
