import ky, { isHTTPError } from 'ky';
import { isForeign, serverErrorOf } from './errors/http-error-for.ts';
import { retryAfterMs } from './errors/retry-after-ms.ts';
import { fetchOptions, type HttpRequest, type Repetition } from './http-request.ts';
import type { Deadline } from './with-deadline.ts';

/**
 * When to retry a request, up to twice, after a jittered exponential backoff or the delay from `Retry-After`:
 * - `unanswered`: after a broken connection, when it is unknown whether the server acted.
 * - `statuses`: after these responses. A 429 means the request had no effect, so retrying is always safe. A 503
 *   guarantees that only if the server's error is `overloaded`; 502 and 504 guarantee nothing.
 */
const retryRules: Record<Repetition, { unanswered: boolean; statuses: number[] }> = {
  safe: { unanswered: true, statuses: [429, 502, 503, 504] },
  idempotent: { unanswered: true, statuses: [429, 503] },
  unsafe: { unanswered: false, statuses: [429, 503] },
  never: { unanswered: false, statuses: [] },
};

/**
 * Sends a request with ky, and again as {@link retryRules} allow.
 *
 * @throws ky's errors; InvalidOptionsError.
 */
export function fetchWithRetries(
  request: HttpRequest,
  deadline: Deadline,
  onRetry: (error: Error, retryCount: number) => void,
): Promise<Response> {
  const { repetition } = request;
  const { unanswered, statuses } = retryRules[repetition];
  return ky(request.url, {
    ...fetchOptions(request),
    ...(request.fetch && { fetch: request.fetch }),
    signal: deadline.signal,
    // The deadline also covers token, retries and body; ky's own timeouts do not.
    timeout: false,
    // Keep error bodies as text: ky would drop a body that is labelled JSON but does not parse.
    parseJson: (text) => text,
    hooks: { beforeRetry: [({ error, retryCount }) => onRetry(error, retryCount)] },
    retry: {
      methods: ['get', 'post'],
      statusCodes: statuses,
      jitter: true,
      shouldRetry: ({ error }) => {
        if (isOffline()) return false;
        if (!isHTTPError(error)) return unanswered ? undefined : false;
        const { status } = error.response;
        // After a 401 the caller fetches another token first.
        if (isForeign(status, error.data)) return unanswered && status !== 401;
        // A proxy may have sent this 503 after forwarding the request.
        const isRisky = repetition === 'unsafe' && status === 503;
        if (isRisky && serverErrorOf(status, error.data) !== 'overloaded') return false;
        const waitMs = retryAfterMs(error.response.headers) ?? 0;
        return Date.now() + waitMs < deadline.endsAtMs ? undefined : false;
      },
    },
  });
}

/** While the browser knows that it has no network, a retry fails too; the caller's own policy decides when to try again. */
function isOffline(): boolean {
  const { navigator } = globalThis as { readonly navigator?: { readonly onLine?: boolean } };
  return navigator?.onLine === false;
}
