/** What was expected and what was received instead. */
export interface BreachDetails {
  /** What was checked, such as `status of leave`. */
  readonly subject: string;
  readonly expected: string;
  readonly came: string;
}

/** The server broke a rule. */
export class BreachError extends Error {
  override readonly name = 'BreachError';
  readonly details: BreachDetails;
  constructor(details: BreachDetails) {
    super(`${details.subject}: expected ${details.expected}, came ${details.came}`);
    this.details = details;
  }
}
