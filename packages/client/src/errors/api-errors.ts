import type { ForeignAnswerError } from './foreign-answer-error.ts';
import { HttpError, type HttpFailure } from './http-error.ts';
import { ParleyError } from './parley-error.ts';
import type { UnexpectedError } from './unexpected-error.ts';

/** The server could not be reached, or the connection broke before the response was complete. */
export class ConnectionError extends ParleyError {
  override readonly name = 'ConnectionError';
  override readonly code = 'ERR_CONNECTION';
  override readonly retryable = true;
  constructor(operation: string, url: string, options?: ErrorOptions) {
    super(
      `${operation} got no response from ${new URL(url).origin}.`,
      "Check the network, the `server` URL, and that the server allows this page's origin (CORS).",
      options,
    );
  }
}

/** The call's deadline passed, retries included. The server may or may not have executed the call. */
export class TimeoutError extends ParleyError {
  override readonly name = 'TimeoutError';
  override readonly code = 'ERR_TIMEOUT';
  override readonly retryable = true;
  constructor(operation: string, timeoutMs: number, options?: ErrorOptions) {
    super(`${operation} did not finish within ${timeoutMs} ms.`, 'Try again, or raise `timeoutMs`.', options);
  }
}

/** The caller's `signal` aborted the call; `cause` is the signal's reason. */
export class AbortedError extends ParleyError {
  override readonly name = 'AbortedError';
  override readonly code = 'ERR_ABORTED';
  constructor(operation: string, options?: ErrorOptions) {
    super(`${operation} was aborted.`, 'Your AbortSignal was aborted; no action is needed.', options);
  }
}

/** 401: the server rejected the token, and also a new one if `token` is a function. */
export class UnauthorizedError extends HttpError {
  override readonly name = 'UnauthorizedError';
  override readonly code = 'ERR_UNAUTHORIZED';
  constructor(failure: HttpFailure, options?: ErrorOptions) {
    super(failure, unauthorizedHint(failure), options);
  }
}

function unauthorizedHint({ operation, isTokenOpaque }: HttpFailure): string {
  if (operation === 'requestToken') return 'Check the client id and the secret.';
  return isTokenOpaque
    ? 'This token is not a JWT. If it is a ticket, pass `ticketToken({ server, ticket })` as `token`.'
    : 'Pass an unexpired token of this server, ideally as a function that fetches one.';
}

/** 403: the token is valid but does not permit this. */
export class ForbiddenError extends HttpError {
  override readonly name = 'ForbiddenError';
  override readonly code = 'ERR_FORBIDDEN';
  constructor(failure: HttpFailure, options?: ErrorOptions) {
    super(
      failure,
      "Check the token's rights and organization, and that the endpoint belongs to its user.",
      options,
    );
  }
}

/** 403 `conference_full` on join: the conference has reached its own or the server's participant limit. */
export class ConferenceFullError extends HttpError {
  override readonly name = 'ConferenceFullError';
  override readonly code = 'ERR_CONFERENCE_FULL';
  override readonly retryable = true;
  constructor(failure: HttpFailure, options?: ErrorOptions) {
    super(failure, 'Try again after a participant leaves, or raise the `participant_limit`.', options);
  }
}

/** 403 `locked` on join: a moderator locked the conference. */
export class ConferenceLockedError extends HttpError {
  override readonly name = 'ConferenceLockedError';
  override readonly code = 'ERR_CONFERENCE_LOCKED';
  override readonly retryable = true;
  constructor(failure: HttpFailure, options?: ErrorOptions) {
    super(failure, 'Ask a moderator to unlock the conference, then try again.', options);
  }
}

/** 403 `lobby` on join and on reads: the conference has a waiting room, and nobody has admitted this user yet. */
export class WaitingRoomError extends HttpError {
  override readonly name = 'WaitingRoomError';
  override readonly code = 'ERR_WAITING_ROOM';
  override readonly retryable = true;
  constructor(failure: HttpFailure, options?: ErrorOptions) {
    super(failure, 'Call `requestEntry` until a moderator admits you; `Conference.join` does that.', options);
  }
}

/** 403 `removed` or `banned`: a moderator removed this endpoint, or banned its user. `serverError` says which. */
export class RemovedError extends HttpError {
  override readonly name = 'RemovedError';
  override readonly code = 'ERR_REMOVED';
  constructor(failure: HttpFailure, options?: ErrorOptions) {
    super(failure, 'A moderator removed you from the conference. Do not try again automatically.', options);
  }
}

/** 404: the conference, stream, view, endpoint or ticket does not exist (any more), or the server lacks this operation. */
export class NotFoundError extends HttpError {
  override readonly name = 'NotFoundError';
  override readonly code = 'ERR_NOT_FOUND';
  constructor(failure: HttpFailure, options?: ErrorOptions) {
    super(failure, 'Check the ids. After end, leave or stop, this just means it already happened.', options);
  }
}

/** 422 on join: this endpoint is already in the conference. Continue as joined, but set up views again. */
export class AlreadyJoinedError extends HttpError {
  override readonly name = 'AlreadyJoinedError';
  override readonly code = 'ERR_ALREADY_JOINED';
  constructor(failure: HttpFailure, options?: ErrorOptions) {
    super(failure, 'Continue as joined and set up views again, or join with another endpoint id.', options);
  }
}

/** 400, or another 4xx without its own class: the server refuses the request as it is. */
export class InvalidRequestError extends HttpError {
  override readonly name = 'InvalidRequestError';
  override readonly code = 'ERR_INVALID_REQUEST';
  constructor(failure: HttpFailure, options?: ErrorOptions) {
    super(
      failure,
      failure.operation === 'requestToken'
        ? 'Get a new ticket. In a back end, check the client id and the secret.'
        : 'Fix the request before you send it again; the server refuses this one every time.',
      options,
    );
  }
}

/** 429: too many calls. */
export class TooManyRequestsError extends HttpError {
  override readonly name = 'TooManyRequestsError';
  override readonly code = 'ERR_TOO_MANY_REQUESTS';
  override readonly retryable = true;
  /** How long the server asks to wait, in milliseconds, if it says. */
  readonly retryAfterMs: number | undefined;
  constructor(failure: HttpFailure, options?: ErrorOptions) {
    const { retryAfterMs } = failure;
    super(
      failure,
      `Wait ${retryAfterMs === undefined ? 'a while' : `${retryAfterMs} ms`}, then try again.`,
      options,
    );
    this.retryAfterMs = retryAfterMs;
  }
}

/** 5xx: the server, or a proxy in front of it, failed. */
export class ServerError extends HttpError {
  override readonly name = 'ServerError';
  override readonly code = 'ERR_SERVER';
  override readonly retryable = true;
  constructor(failure: HttpFailure, options?: ErrorOptions) {
    super(
      failure,
      failure.serverError === 'overloaded'
        ? 'If the server stays `overloaded`, add CPU or media processes.'
        : "Try again later. If it persists, check the `server` URL and the server's log.",
      options,
    );
  }
}

/** The token source failed: it threw (see `cause`), or returned something that is not a token. */
export class TokenError extends ParleyError {
  override readonly name = 'TokenError';
  override readonly code = 'ERR_TOKEN';
  /** As `cause` if that is a ParleyError; true for any other cause, since most are failed requests. */
  override readonly retryable: boolean;
  constructor(whatHappened: string, options?: ErrorOptions) {
    const { cause } = options ?? {};
    super(
      whatHappened,
      cause instanceof ParleyError
        ? `Its error was: ${cause.message}`
        : 'Fix your function: `token` must return an access token, and `ticket` a ticket.',
      options,
    );
    this.retryable = cause instanceof ParleyError ? cause.retryable : cause !== undefined;
  }
}

/** An option or argument cannot be used. */
export class InvalidOptionsError extends ParleyError {
  override readonly name = 'InvalidOptionsError';
  override readonly code = 'ERR_INVALID_OPTIONS';
}

/** Every error that a call of this package may reject with; `switch (error.code)` narrows it. */
export type ApiError =
  | ConnectionError
  | TimeoutError
  | AbortedError
  | UnauthorizedError
  | ForbiddenError
  | ConferenceFullError
  | ConferenceLockedError
  | WaitingRoomError
  | RemovedError
  | NotFoundError
  | AlreadyJoinedError
  | InvalidRequestError
  | TooManyRequestsError
  | ServerError
  | ForeignAnswerError
  | TokenError
  | InvalidOptionsError
  | UnexpectedError;

/** The codes of this package's errors. */
export type ApiErrorCode = ApiError['code'];
