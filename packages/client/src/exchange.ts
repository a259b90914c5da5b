import ky, { isHTTPError, isNetworkError } from 'ky';
import { ConnectionError, ServerError } from './errors/api-errors.ts';
import { httpErrorFor, serverErrorOf } from './errors/http-error-for.ts';
import { retryAfterMs } from './errors/retry-after-ms.ts';
import type { Deadline } from './with-deadline.ts';

/**
 * What sending a request twice would do:
 * - `safe`: it changes nothing.
 * - `idempotent`: twice is the same as once.
 * - `unsafe`: twice is twice, such as a second ticket.
 * - `never`: whatever it does, its caller has a retry policy of its own and must hear of trouble at once.
 */
export type Repetition = 'safe' | 'idempotent' | 'unsafe' | 'never';

/**
 * When a request is sent once more, up to twice, after a growing and jittered wait or
 * the one that `Retry-After` asks for:
 * - `unanswered`: after a broken connection, when nobody knows whether the server acted.
 * - `statuses`: after these answers. A 429 was refused before it took effect, so any request may follow it. 503
 *   promises less, unless the server's own word for it is `overloaded`, and 502 and 504 nothing at all.
 */
const retryRules: Record<Repetition, { unanswered: boolean; statuses: number[] }> = {
  safe: { unanswered: true, statuses: [429, 502, 503, 504] },
  idempotent: { unanswered: true, statuses: [429, 503] },
  unsafe: { unanswered: false, statuses: [429, 503] },
  never: { unanswered: false, statuses: [] },
};

/** One request, as this package sends them. */
export interface ExchangeRequest {
  /** Name for error texts. */
  readonly operation: string;
  readonly method: 'get' | 'post';
  readonly url: string;
  readonly repetition: Repetition;
  readonly authorization?: string | undefined;
  /** Body, sent as JSON. */
  readonly json?: unknown;
  /** Body, sent as a form. */
  readonly form?: Readonly<Record<string, string>>;
  readonly keepalive?: boolean | undefined;
  /** Media type of an answer that is to be read as it comes. Without it, answers are JSON. */
  readonly streamType?: string | undefined;
  readonly fetch?: typeof fetch | undefined;
}

/** A 2xx answer; its body is read only by those who expect one. */
export interface Answer {
  /** The body as it comes, where the request asked for that and the answer has the type asked for. */
  readonly stream?: ReadableStream<Uint8Array> | undefined;
  /** The body as JSON, handed to `accept`; null if it is empty. Throws `ServerError` if `accept` returns undefined. */
  read<Result>(accept: (body: unknown) => Result | undefined): Result;
}

/**
 * Sends one request by ky, retries where {@link retryRules} allow it, and turns what goes wrong into our errors.
 *
 * @throws {@link ConnectionError}, one of the HTTP errors, or the reason of the deadline's signal.
 */
export async function exchange(request: ExchangeRequest, deadline: Deadline): Promise<Answer> {
  const { operation, repetition, json, form, authorization, streamType } = request;
  const { unanswered, statuses } = retryRules[repetition];
  // Outside of `try`: what ky throws here is a body that is no JSON, a bug in the caller and not in the network.
  const pending = ky(request.url, {
    method: request.method,
    headers: { accept: streamType ?? 'application/json', authorization },
    ...(json !== undefined && { json }),
    ...(form && { body: new URLSearchParams(form) }),
    ...(request.fetch && { fetch: request.fetch }),
    keepalive: request.keepalive ?? false,
    signal: deadline.signal,
    // The deadline above covers token, retries and body, which none of ky's own does.
    timeout: false,
    // Error bodies stay text: ky would drop those that only claim to be JSON.
    parseJson: (text) => text,
    retry: {
      methods: ['get', 'post'],
      statusCodes: statuses,
      jitter: true,
      shouldRetry: ({ error }) => {
        if (!isHTTPError(error)) return unanswered ? undefined : false;
        // Somebody between us and the server may have said it, with the request already passed on.
        const isRisky = repetition === 'unsafe' && error.response.status === 503;
        if (isRisky && serverErrorOf(error.data) !== 'overloaded') return false;
        const waitMs = retryAfterMs(error.response.headers) ?? 0;
        return Date.now() + waitMs < deadline.endsAtMs ? undefined : false;
      },
    },
  });
  try {
    const response = await pending;
    if (streamType && response.headers.get('content-type')?.startsWith(streamType) && response.body) {
      return { ...answerOf(operation, response, ''), stream: response.body };
    }
    return answerOf(operation, response, await response.text());
  } catch (error) {
    if (deadline.signal.aborted) throw deadline.signal.reason;
    // ky's errors hold the request and so the token: they must not become a `cause`, which ends up in logs.
    if (isHTTPError<string | undefined>(error))
      throw httpErrorFor(operation, error.response, error.data ?? '');
    throw new ConnectionError(operation, request.url, { cause: isNetworkError(error) ? error.cause : error });
  }
}

function answerOf(operation: string, response: Response, text: string): Answer {
  return {
    read(accept) {
      let cause: unknown;
      try {
        const result = accept(text ? JSON.parse(text) : null);
        if (result !== undefined) return result;
      } catch (error) {
        cause = error;
      }
      const failure = {
        operation,
        status: response.status,
        serverMessage: 'a body that cannot be read',
        requestId: response.headers.get('x-request-id') ?? undefined,
      };
      throw new ServerError(failure, { cause });
    },
  };
}
