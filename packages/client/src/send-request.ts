import { isHTTPError, isNetworkError } from 'ky';
import { ConnectionError } from './errors/api-errors.ts';
import { ForeignAnswerError } from './errors/foreign-answer-error.ts';
import { httpErrorFor } from './errors/http-error-for.ts';
import { ParleyError } from './errors/parley-error.ts';
import { fetchBeyondPage } from './fetch-beyond-page.ts';
import { fetchWithRetries } from './fetch-with-retries.ts';
import type { HttpRequest } from './http-request.ts';
import type { Deadline } from './with-deadline.ts';

/** A 2xx response. Only callers that expect a body read it. */
export interface Answer {
  /** HTTP status. */
  readonly status: number;
  /** The body as a stream, if the request named a `streamType` and the response has that type. */
  readonly stream?: ReadableStream<Uint8Array> | undefined;
  /** Passes the JSON body to `accept` (null if empty). Throws `ForeignAnswerError` if that returns undefined. */
  read<Result>(accept: (body: unknown) => Result | undefined): Result;
}

/**
 * Sends one request and maps failures to this package's errors.
 *
 * @throws {@link ConnectionError}, an HTTP error, or the abort reason of the deadline's signal.
 */
export async function sendRequest(request: HttpRequest, deadline: Deadline): Promise<Answer> {
  const { operation, method, keepalive, log } = request;
  const startedMs = performance.now();
  const tookMs = () => performance.now() - startedMs;
  try {
    const response = keepalive
      ? await fetchBeyondPage(request)
      : await fetchWithRetries(request, deadline, (error, retryCount) => {
          const status = isHTTPError(error) ? error.response.status : undefined;
          log('warn', `${operation} is sent again`, { retryCount, tookMs: tookMs(), status }, error);
        });
    const answer = await answerOf(request, response);
    const requestId = requestIdOf(response.headers);
    log('debug', `${operation} answered`, { method, status: response.status, tookMs: tookMs(), requestId });
    return answer;
  } catch (error) {
    const failure = failureOf(error, request, deadline);
    log('debug', `${operation} failed`, { method, tookMs: tookMs() }, failure);
    throw failure;
  }
}

function failureOf(error: unknown, request: HttpRequest, { signal }: Deadline): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof ParleyError) return error;
  // ky's errors contain the request and thus the token, so keep them out of `cause`, which is logged.
  if (isHTTPError<string | undefined>(error)) return httpErrorFor(request, error.response, error.data ?? '');
  const cause: unknown = isNetworkError(error) ? error.cause : error;
  return new ConnectionError(request.operation, request.url, { cause });
}

function requestIdOf(headers: Headers): string | undefined {
  return headers.get('x-request-id') ?? undefined;
}

async function answerOf(request: HttpRequest, response: Response): Promise<Answer> {
  const { operation, streamType } = request;
  const { status, headers, ok, body } = response;
  const isStream = ok && streamType !== undefined && headers.get('content-type')?.startsWith(streamType);
  if (isStream && body) return { status, stream: body, read: readerOf(operation, response, '') };
  const text = await response.text();
  if (!ok) throw httpErrorFor(request, response, text);
  return { status, read: readerOf(operation, response, text) };
}

function readerOf(operation: string, { status, headers }: Response, text: string): Answer['read'] {
  return (accept) => {
    let cause: unknown;
    try {
      const result = accept(text ? JSON.parse(text) : null);
      if (result !== undefined) return result;
    } catch (error) {
      cause = error;
    }
    const failure = { operation, status, serverMessage: 'unreadable body', requestId: requestIdOf(headers) };
    throw new ForeignAnswerError(failure, { cause });
  };
}
