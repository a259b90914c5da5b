/**
 * The base of every error that Parley throws. Tell errors apart by `code`, which never changes, or by `instanceof`.
 * `message` says what happened and what to do next; `cause` holds the original error, where there is one.
 */
export abstract class ParleyError extends Error {
  abstract override readonly name: string;
  /** Stable and unique, for programs: `ERR_...`. */
  abstract readonly code: string;
  /** True when the same call, unchanged, may succeed later. */
  readonly retryable: boolean = false;
  /** What to do next, for people: the last sentence of `message`. */
  readonly hint: string;

  constructor(whatHappened: string, hint: string, options?: ErrorOptions) {
    super(`${whatHappened} ${hint}`, options);
    this.hint = hint;
  }
}
