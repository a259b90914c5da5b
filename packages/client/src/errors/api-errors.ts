import { HttpError, type HttpFailure } from './http-error.ts';
import { ParleyError } from './parley-error.ts';

/** The server could not be reached, or the connection broke before its answer was complete. */
export class ConnectionError extends ParleyError {
  override readonly name = 'ConnectionError';
  override readonly code = 'ERR_CONNECTION';
  override readonly retryable = true;
  constructor(operation: string, url: string, options?: ErrorOptions) {
    super(
      `${operation} got no answer from ${new URL(url).origin}.`,
      'Check the network, the address of the server, and that the server allows the origin of this page (CORS).',
      options,
    );
  }
}

/** The deadline of the call passed, retries included. Whether the server did what was asked is unknown. */
export class TimeoutError extends ParleyError {
  override readonly name = 'TimeoutError';
  override readonly code = 'ERR_TIMEOUT';
  override readonly retryable = true;
  constructor(operation: string, timeoutMs: number, options?: ErrorOptions) {
    super(
      `${operation} was not done within ${timeoutMs} ms.`,
      'Try again, or allow more with `timeoutMs`.',
      options,
    );
  }
}

/** The caller's `signal` aborted the call; `cause` is the reason that the signal was given. */
export class AbortedError extends ParleyError {
  override readonly name = 'AbortedError';
  override readonly code = 'ERR_ABORTED';
  constructor(operation: string, options?: ErrorOptions) {
    super(`${operation} was aborted.`, 'Its `signal` said so; there is nothing to do.', options);
  }
}

/** 401: the server does not accept the token, not even a new one where the token source is a function. */
export class UnauthorizedError extends HttpError {
  override readonly name = 'UnauthorizedError';
  override readonly code = 'ERR_UNAUTHORIZED';
  constructor(failure: HttpFailure, options?: ErrorOptions) {
    super(
      failure,
      'Pass a token of this server that has not expired, best as a function that fetches one.',
      options,
    );
  }
}

/** 403: the token is good but does not permit this. */
export class ForbiddenError extends HttpError {
  override readonly name = 'ForbiddenError';
  override readonly code = 'ERR_FORBIDDEN';
  constructor(failure: HttpFailure, options?: ErrorOptions) {
    super(
      failure,
      'Check the roles and the organisation of the token, and that the endpoint named is its own.',
      options,
    );
  }
}

/** 403 `conference_full` on join: as many are inside as the conference or the server lets in. */
export class ConferenceFullError extends HttpError {
  override readonly name = 'ConferenceFullError';
  override readonly code = 'ERR_CONFERENCE_FULL';
  override readonly retryable = true;
  constructor(failure: HttpFailure, options?: ErrorOptions) {
    super(failure, 'Try again when somebody has left, or raise its `participant_limit`.', options);
  }
}

/** 404: the conference, stream, view, endpoint or ticket is unknown or gone; or the server lacks this operation. */
export class NotFoundError extends HttpError {
  override readonly name = 'NotFoundError';
  override readonly code = 'ERR_NOT_FOUND';
  constructor(failure: HttpFailure, options?: ErrorOptions) {
    super(failure, 'Check the ids; after an end, a leave or a stop this only says that it is done.', options);
  }
}

/** 422 on join: this endpoint is inside already. Go on as if joined, but set up views again. */
export class AlreadyJoinedError extends HttpError {
  override readonly name = 'AlreadyJoinedError';
  override readonly code = 'ERR_ALREADY_JOINED';
  constructor(failure: HttpFailure, options?: ErrorOptions) {
    super(failure, 'This endpoint is in the conference already: go on, and set up its views again.', options);
  }
}

/** 400, or another 4xx without a class of its own: the server refuses the request as it is. */
export class InvalidRequestError extends HttpError {
  override readonly name = 'InvalidRequestError';
  override readonly code = 'ERR_INVALID_REQUEST';
  constructor(failure: HttpFailure, options?: ErrorOptions) {
    super(failure, 'Change what is sent; the same request will be refused again.', options);
  }
}

/** 429: too many calls. */
export class TooManyRequestsError extends HttpError {
  override readonly name = 'TooManyRequestsError';
  override readonly code = 'ERR_TOO_MANY_REQUESTS';
  override readonly retryable = true;
  /** How long the server asks to wait, in milliseconds; undefined when it does not say. */
  readonly retryAfterMs: number | undefined;
  constructor(failure: HttpFailure, options?: ErrorOptions) {
    const { retryAfterMs } = failure;
    super(
      failure,
      `Wait ${retryAfterMs === undefined ? 'a while' : `${retryAfterMs} ms`} and try again.`,
      options,
    );
    this.retryAfterMs = retryAfterMs;
  }
}

/** 5xx, or an answer that makes no sense for the operation. */
export class ServerError extends HttpError {
  override readonly name = 'ServerError';
  override readonly code = 'ERR_SERVER';
  override readonly retryable = true;
  constructor(failure: HttpFailure, options?: ErrorOptions) {
    super(
      failure,
      failure.serverError === 'overloaded'
        ? 'If it stays, the server needs more processor time or more media processes.'
        : 'Try again later; if it stays, check that this is the address of an RTC server, and its log.',
      options,
    );
  }
}

/** The token source failed: it threw (see `cause`), or gave something that is no token. */
export class TokenError extends ParleyError {
  override readonly name = 'TokenError';
  override readonly code = 'ERR_TOKEN';
  /** That of `cause` if it is one of our errors; true for a foreign one, since most are failed requests. */
  override readonly retryable: boolean;
  constructor(whatHappened: string, options?: ErrorOptions) {
    super(whatHappened, 'Check the function passed as `token`: it must return an access token.', options);
    const { cause } = options ?? {};
    this.retryable = cause instanceof ParleyError ? cause.retryable : cause !== undefined;
  }
}

/** An option or argument cannot be used; nothing was sent. */
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
  | NotFoundError
  | AlreadyJoinedError
  | InvalidRequestError
  | TooManyRequestsError
  | ServerError
  | TokenError
  | InvalidOptionsError;

/** The codes of this package's errors. */
export type ApiErrorCode = ApiError['code'];
