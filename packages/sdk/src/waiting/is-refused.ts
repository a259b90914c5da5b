import { HttpError } from '@parley-rtc/client';

/** Whether the server refused a request, and would refuse the same one again. */
export function isRefused(error: unknown): error is HttpError {
  return error instanceof HttpError && !error.retryable;
}
