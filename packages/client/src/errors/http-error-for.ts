import {
  AlreadyJoinedError,
  ConferenceFullError,
  ForbiddenError,
  InvalidRequestError,
  NotFoundError,
  ServerError,
  TooManyRequestsError,
  UnauthorizedError,
} from './api-errors.ts';
import type { HttpError, HttpFailure } from './http-error.ts';
import { retryAfterMs } from './retry-after-ms.ts';

const longestMessage = 200;

/** The error for an answer outside 2xx. Decides on the status, but for a full conference; no body can make it fail. */
export function httpErrorFor(
  operation: string,
  response: Pick<Response, 'status' | 'headers'>,
  body: string,
): HttpError {
  const { status, headers } = response;
  const words = serverWords(body);
  const ErrorClass =
    words.serverError === 'conference_full' ? ConferenceFullError : classFor(operation, status);
  const failure: HttpFailure = {
    operation,
    status,
    requestId: headers.get('x-request-id') ?? undefined,
    retryAfterMs: retryAfterMs(headers),
    ...words,
  };
  return new ErrorClass(failure);
}

/** The server's own error code in the body of an answer, if there is one. */
export function serverErrorOf(body: unknown): string | undefined {
  return serverWords(typeof body === 'string' ? body : '').serverError;
}

function classFor(operation: string, status: number): new (failure: HttpFailure) => HttpError {
  switch (status) {
    case 401:
      return UnauthorizedError;
    case 403:
      return ForbiddenError;
    case 404:
      return NotFoundError;
    case 429:
      return TooManyRequestsError;
    default:
      if (status === 422 && operation === 'join') return AlreadyJoinedError;
      return status >= 400 && status < 500 ? InvalidRequestError : ServerError;
  }
}

/** Bodies come as `{error, error_description}`, as any map of texts, as text, as a proxy's page, or not at all. */
function serverWords(text: string): Pick<HttpFailure, 'serverError' | 'serverMessage'> {
  let body: unknown = text.trim();
  try {
    body = JSON.parse(text);
  } catch {
    // Not JSON: the text itself is all there is.
  }
  const fields = typeof body === 'object' && body ? (body as Readonly<Record<string, unknown>>) : {};
  const { error, error_description: description } = fields;
  const serverError = isText(error) ? error : undefined;
  const message = description ?? (serverError ? undefined : [...Object.values(fields), body].find(isText));
  return { serverError, serverMessage: isText(message) ? message.slice(0, longestMessage) : undefined };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
