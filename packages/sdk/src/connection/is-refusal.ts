import { HttpError } from '@parley-rtc/client';

/**
 * Whether the server refused an offer, so that it has neither stream nor view. An id that exists already does not count: ids
 * are random, so an earlier copy of the same request took it.
 */
export function isRefusal(error: unknown): boolean {
  return error instanceof HttpError && !error.retryable && error.serverError !== 'already_exists';
}
