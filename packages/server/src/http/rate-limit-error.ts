import { RefusalError } from '../refusal.ts';

/** Too many calls. */
export class RateLimitError extends RefusalError {
  /** How long to wait, in whole seconds. */
  readonly retryAfterSeconds: number;
  constructor(message: string, retryAfterSeconds: number) {
    super('too_many_requests', message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
