/** A refused request. The response has its status, code and message. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly status: 400 | 401 | 403 | 404 | 409 | 429;
  readonly code: string;

  constructor(status: RequestError['status'], code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
