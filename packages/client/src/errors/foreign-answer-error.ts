import { HttpError, type HttpFailure } from './http-error.ts';

/**
 * The response does not have the shape that the API gives its responses, so a proxy, a captive portal or another server sent
 * it. Says nothing about the conference, and is treated like a broken connection.
 */
export class ForeignAnswerError extends HttpError {
  override readonly name = 'ForeignAnswerError';
  override readonly code = 'ERR_FOREIGN_ANSWER';
  override readonly retryable = true;
  constructor(failure: HttpFailure, options?: ErrorOptions) {
    super(
      failure,
      'The response is not from the RTC API. Check the `server` URL, and whether a proxy or a login page answered; otherwise try again.',
      options,
    );
  }
}
