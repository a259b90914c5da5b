export { clientToken, type ClientTokenOptions } from './client-token.ts';
export { createRtcApi, type RtcApiOptions } from './create-rtc-api.ts';
export {
  AbortedError,
  AlreadyJoinedError,
  ConferenceFullError,
  ConnectionError,
  ForbiddenError,
  InvalidOptionsError,
  InvalidRequestError,
  NotFoundError,
  ServerError,
  TimeoutError,
  TokenError,
  TooManyRequestsError,
  UnauthorizedError,
  type ApiError,
  type ApiErrorCode,
} from './errors/api-errors.ts';
export { HttpError, type HttpFailure } from './errors/http-error.ts';
export { ParleyError } from './errors/parley-error.ts';
export { redeemTicket, ticketToken, type RedeemedTicket, type TicketOptions } from './redeem-ticket.ts';
export type { CallOptions, PushStart, RtcApi } from './rtc-api.ts';
export type { TokenClaims, TokenNews } from './token-claims.ts';
export type { TokenSource } from './token-source.ts';
export { type Deadline, type DeadlineOptions, withDeadline } from './with-deadline.ts';
