import { ParleyError } from './parley-error.ts';

/** What an HTTP error knows about the answer that it tells of. */
export interface HttpFailure {
  /** Name of the operation, as in `RtcApi`. */
  readonly operation: string;
  /** HTTP status. */
  readonly status: number;
  /** The server's own error code: `error` of its body. */
  readonly serverError?: string | undefined;
  /** The server's own words. */
  readonly serverMessage?: string | undefined;
  /** The server's id of this request (`x-request-id`), to find it in the server's log. */
  readonly requestId?: string | undefined;
  /** How long the server asks to wait (`retry-after`), in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/** The base of the errors that a server's answer is the reason for. */
export abstract class HttpError extends ParleyError {
  /** Name of the operation, as in `RtcApi`; `requestToken` for the token endpoint. */
  readonly operation: string;
  /** HTTP status. */
  readonly status: number;
  /** The server's own error code: `error` of its body. */
  readonly serverError: string | undefined;
  /** The server's id of this request (`x-request-id`), to find it in the server's log. */
  readonly requestId: string | undefined;

  constructor(failure: HttpFailure, hint: string, options?: ErrorOptions) {
    const { operation, status, serverError, serverMessage, requestId } = failure;
    const words = [serverError, serverMessage].filter(Boolean).join(': ');
    super(`${operation} was answered with ${status}${words && ` (${words})`}.`, hint, options);
    this.operation = operation;
    this.status = status;
    this.serverError = serverError;
    this.requestId = requestId;
  }
}
