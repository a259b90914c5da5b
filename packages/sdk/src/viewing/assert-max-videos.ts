import { InvalidOptionsError } from '@parley-rtc/client';

/** @throws InvalidOptionsError (`ERR_INVALID_OPTIONS`) for anything but a number from 0 on. */
export function assertMaxVideos(maxVideos: number): void {
  if (maxVideos >= 0) return;
  throw new InvalidOptionsError(
    `There cannot be at most ${maxVideos} videos.`,
    'Give a number from 0 on, or Infinity for no limit.',
  );
}
