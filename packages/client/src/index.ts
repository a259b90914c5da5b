export { clientToken, type ClientTokenOptions } from './client-token.ts';
export { createCallApi, type RtcApiOptions } from './create-call-api.ts';
export { createRtcApi } from './create-rtc-api.ts';
export {
  AbortedError,
  AlreadyJoinedError,
  ConferenceFullError,
  ConferenceLockedError,
  ConnectionError,
  ForbiddenError,
  InvalidOptionsError,
  InvalidRequestError,
  NotFoundError,
  RemovedError,
  ServerError,
  TimeoutError,
  TokenError,
  TooManyRequestsError,
  UnauthorizedError,
  WaitingRoomError,
  type ApiError,
  type ApiErrorCode,
} from './errors/api-errors.ts';
export { atBoundary, withBoundary } from './errors/at-boundary.ts';
export { ForeignAnswerError } from './errors/foreign-answer-error.ts';
export { HttpError, type HttpFailure } from './errors/http-error.ts';
export { ParleyError } from './errors/parley-error.ts';
export { describeCause, UnexpectedError } from './errors/unexpected-error.ts';
export { createLogs, type Log, type Logs } from './logging/create-logs.ts';
export type { LogLevel } from './logging/log-level.ts';
export type { LogFields, LogRecord, LogSetting, LogSink } from './logging/log-record.ts';
export { setLogLevel, setLogSink } from './logging/page-log.ts';
export { redeemTicket, ticketToken, type RedeemedTicket, type TicketOptions } from './redeem-ticket.ts';
export { roomTicket, type RoomTicket, type RoomTicketOptions, type RoomUser } from './room-ticket.ts';
export type {
  CallApi,
  CallOptions,
  EventsOptions,
  MessageStart,
  PushStart,
  RtcApi,
  WaitingQuery,
} from './rtc-api.ts';
export type { TokenClaims, TokenNews } from './token-claims.ts';
export type { TokenSource } from './token-source.ts';
export { type Deadline, type DeadlineOptions, withDeadline } from './with-deadline.ts';
