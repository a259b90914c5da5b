import { InvalidOptionsError } from '@parley-rtc/client';

/**
 * Checks a limit for `setMaxVideos`. In its own file, because joining needs it before the viewing part is loaded.
 *
 * @throws InvalidOptionsError (`ERR_INVALID_OPTIONS`) for anything but a number of at least 0.
 */
export function assertMaxVideos(maxVideos: number): void {
  if (maxVideos >= 0) return;
  throw new InvalidOptionsError(
    `The number of videos cannot be limited to ${maxVideos}.`,
    'Pass 0 or more; Infinity means no limit.',
  );
}
