/** What was expected and what came instead. */
export interface BreachDetails {
  /** What was looked at, such as `status of leave`. */
  readonly subject: string;
  readonly expected: string;
  readonly came: string;
}

/** A server broke a rule. */
export class BreachError extends Error {
  override readonly name = 'BreachError';
  readonly details: BreachDetails;
  constructor(details: BreachDetails) {
    super(`${details.subject}: expected ${details.expected}, came ${details.came}`);
    this.details = details;
  }
}
