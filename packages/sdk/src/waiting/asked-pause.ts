import { TokenError, TooManyRequestsError } from '@parley-rtc/client';
import { longestAskedPauseMs } from './recovery-policy.ts';

/**
 * Returns how long the server asked us to wait (`Retry-After`) when a request failed with `error`, in milliseconds; 0 if it
 * did not. At most a minute: a proxy may ask for a day.
 */
export function askedPauseMs(error: unknown): number {
  if (error instanceof TokenError) return askedPauseMs(error.cause);
  const askedMs = error instanceof TooManyRequestsError ? error.retryAfterMs : undefined;
  return Math.min(askedMs ?? 0, longestAskedPauseMs);
}
