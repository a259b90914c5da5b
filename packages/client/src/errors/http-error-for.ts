import {
  AlreadyJoinedError,
  ConferenceFullError,
  ConferenceLockedError,
  ForbiddenError,
  InvalidRequestError,
  NotFoundError,
  RemovedError,
  ServerError,
  TooManyRequestsError,
  UnauthorizedError,
  WaitingRoomError,
} from './api-errors.ts';
import { ForeignAnswerError } from './foreign-answer-error.ts';
import type { HttpError, HttpFailure } from './http-error.ts';
import { readWords, type Words } from './own-words.ts';
import { retryAfterMs } from './retry-after-ms.ts';

const longestMessage = 200;

type HttpErrorClass = new (failure: HttpFailure, options?: ErrorOptions) => HttpError;

/**
 * The error for a response outside 2xx. Only the API's own words refuse a request; any other 3xx or 4xx is a
 * `ForeignAnswerError`. 429 and 5xx are temporary whoever says so.
 */
export function httpErrorFor(
  {
    operation,
    authorization = '',
  }: { readonly operation: string; readonly authorization?: string | undefined },
  response: Pick<Response, 'status' | 'headers'>,
  body: string,
): HttpError {
  const { status, headers } = response;
  const words = readWords(status, body);
  const ErrorClass = classFor(operation, status, words);
  return new ErrorClass({
    operation,
    status,
    requestId: headers.get('x-request-id') ?? undefined,
    retryAfterMs: retryAfterMs(headers),
    serverError: words.serverError,
    serverMessage: words.serverMessage?.slice(0, longestMessage),
    isTokenOpaque: /^Bearer [^.]*$/.test(authorization),
  });
}

/** Whether a response outside 2xx may come from a proxy, which may have forwarded the request or not. */
export function isForeign(status: number, body: unknown): boolean {
  return classFor('', status, readWords(status, bodyText(body))) === ForeignAnswerError;
}

/** The server's own error code in a response body, if there is one. */
export function serverErrorOf(status: number, body: unknown): string | undefined {
  return readWords(status, bodyText(body)).serverError;
}

function bodyText(body: unknown): string {
  return typeof body === 'string' ? body : '';
}

/** Refusals to enter. Each has a class of its own, because an app tells its user something else. */
const classOfWord: Readonly<Record<string, HttpErrorClass>> = {
  conference_full: ConferenceFullError,
  locked: ConferenceLockedError,
  lobby: WaitingRoomError,
  removed: RemovedError,
  banned: RemovedError,
};

function classFor(operation: string, status: number, words: Words): HttpErrorClass {
  if (status === 429) return TooManyRequestsError;
  if (status >= 500) return ServerError;
  if (!words.isOwn || status < 400) return ForeignAnswerError;
  const { serverError = '' } = words;
  if (Object.hasOwn(classOfWord, serverError)) return classOfWord[serverError] ?? ForbiddenError;
  if (status === 401) return UnauthorizedError;
  if (status === 403) return ForbiddenError;
  if (status === 404) return NotFoundError;
  return status === 422 && operation === 'join' ? AlreadyJoinedError : InvalidRequestError;
}
