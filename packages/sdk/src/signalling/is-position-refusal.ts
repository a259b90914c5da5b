import { InvalidRequestError } from '@parley-rtc/client';

/** Bad request, conflict, gone, range not satisfiable, unprocessable. */
const statuses: readonly number[] = [400, 409, 410, 416, 422];

/**
 * Whether a read of events failed because the server's history does not have the requested position. Only Parley's words
 * for it are known (`position_unavailable`), but nothing else in such a request can be wrong.
 */
export function isPositionRefusal(error: unknown): error is InvalidRequestError {
  return error instanceof InvalidRequestError && statuses.includes(error.status);
}
