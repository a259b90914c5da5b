import { ParleyError } from './parley-error.ts';

/** What an HTTP error knows about the response that caused it. */
export interface HttpFailure {
  /** Name of the operation, as in `RtcApi`. */
  readonly operation: string;
  /** HTTP status. */
  readonly status: number;
  /** The server's own error code: `error` of its body. */
  readonly serverError?: string | undefined;
  /** The server's description: `error_description` of its body. */
  readonly serverMessage?: string | undefined;
  /** The server's id of this request (`x-request-id`), to find it in the server's log. */
  readonly requestId?: string | undefined;
  /** How long the server asks to wait (`retry-after`), in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** Whether the request carried a token that is not a JWT, such as a ticket that was mistaken for a token. */
  readonly isTokenOpaque?: boolean | undefined;
}

/** The base of the errors that report a server's response. */
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
    const words = [serverError, serverMessage?.replace(/\.$/, '')].filter(Boolean).join(': ');
    super(`${operation} failed with HTTP ${status}${words && ` (${words})`}.`, hint, options);
    this.operation = operation;
    this.status = status;
    this.serverError = serverError;
    this.requestId = requestId;
  }
}
