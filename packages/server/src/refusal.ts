/** Why a request was refused. Sent as `error`; never renamed. */
export type RefusalCode =
  /** A value is missing, malformed or not allowed here. */
  | 'invalid_request'
  /** The endpoint is known but not inside the conference. */
  | 'not_joined'
  /** The endpoint is already inside the conference. */
  | 'already_joined'
  /** The wished id is taken. */
  | 'already_exists'
  /** No usable access token. */
  | 'invalid_token'
  /** The caller may not do this. */
  | 'forbidden'
  /** Nobody more may join until somebody leaves. */
  | 'conference_full'
  | 'not_found'
  /** More than a limit allows; the message names it. Trying again does not help. */
  | 'limit_exceeded'
  /** Too many calls. Sent with `Retry-After`. */
  | 'too_many_requests'
  /** Client id or secret is wrong (RFC 6749, 5.2). */
  | 'invalid_client'
  /** Ticket, password or refresh token is wrong or expired (RFC 6749, 5.2). */
  | 'invalid_grant'
  /** The client may not use this grant type (RFC 6749, 5.2). */
  | 'unauthorized_client';

/** A request that a rule turned down. The message tells the caller what happened and what to do next. */
export class RefusalError extends Error {
  override readonly name = 'RefusalError';
  readonly code: RefusalCode;
  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}
