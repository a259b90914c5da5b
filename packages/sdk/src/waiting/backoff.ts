import { firstBackoffMs, longestBackoffMs } from './recovery-policy.ts';

/**
 * Returns how long to pause after failure number `failure` (0 is the first), in milliseconds: a random part of a limit that
 * doubles with each failure, so that clients that failed together do not retry together.
 */
export function backoffMs(
  failure: number,
  firstMs: number = firstBackoffMs,
  longestMs: number = longestBackoffMs,
): number {
  return Math.random() * Math.min(longestMs, firstMs * 2 ** failure);
}
