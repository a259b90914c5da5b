/** Why a request was refused. Sent as `error`; never rename one. */
export type RefusalCode =
  /** A value is missing, malformed or not allowed here. */
  | 'invalid_request'
  /** The endpoint exists but is not in the conference. */
  | 'not_joined'
  /** The endpoint is already in the conference. */
  | 'already_joined'
  /** The requested id is taken. */
  | 'already_exists'
  /** A recipient of a message is not in the conference, or sent it. */
  | 'unknown_recipient'
  /** No usable access token. */
  | 'invalid_token'
  /** The caller may not do this. */
  | 'forbidden'
  /** The conference is locked. */
  | 'locked'
  /** The conference has a waiting room, and nobody has admitted the caller. */
  | 'lobby'
  /** A moderator removed this endpoint. */
  | 'removed'
  /** A moderator banned this user. */
  | 'banned'
  /** The participant limit is reached. */
  | 'conference_full'
  | 'not_found'
  /** The conference's history does not have the position to read from: it never reached it, was set back, or dropped it. */
  | 'position_unavailable'
  /** The request exceeds a limit, which the message names. Trying again does not help. */
  | 'limit_exceeded'
  /** There is no recording to stop. */
  | 'not_recording'
  /** This server has no folder for recordings. */
  | 'recording_unavailable'
  /** A stream is end-to-end encrypted, so the server cannot record it. */
  | 'media_encrypted'
  /** Too many calls. Sent with `Retry-After`. */
  | 'too_many_requests'
  /** Client id or secret is wrong (RFC 6749, 5.2). */
  | 'invalid_client'
  /** Ticket, password or refresh token is wrong or expired (RFC 6749, 5.2). */
  | 'invalid_grant'
  /** The client may not use this grant type (RFC 6749, 5.2). */
  | 'unauthorized_client';

/** A rule refused a request. The message says what happened and what to do next. */
export class RefusalError extends Error {
  override readonly name = 'RefusalError';
  readonly code: RefusalCode;
  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}
