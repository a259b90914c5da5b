/** The same in each copy of this class: a page may load two, such as with the script tags of the SDK and its encryption. */
const brand = Symbol.for('@parley-rtc/ParleyError');

/**
 * The base of every error that Parley throws. Distinguish errors by `code`, which never changes, or by `instanceof`.
 * `message` says what happened and what to do next; `cause` holds the original error, if any.
 */
export abstract class ParleyError extends Error {
  /** An error of another copy of this class, or of another frame, is a `ParleyError` too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return this === ParleyError
      ? typeof value === 'object' && value !== null && brand in value
      : Function.prototype[Symbol.hasInstance].call(this, value);
  }

  abstract override readonly name: string;
  /** Stable and unique, for programs: `ERR_...`. */
  abstract readonly code: string;
  /** True when the same call, unchanged, may succeed later. */
  readonly retryable: boolean = false;
  /** What the developer should do next: the end of `message`. docs/errors.md repeats it for every code. */
  readonly hint: string;

  static {
    Object.defineProperty(this.prototype, brand, { value: true });
  }

  constructor(whatHappened: string, hint: string, options?: ErrorOptions) {
    super(`${whatHappened} ${hint}`, options);
    this.hint = hint;
  }
}
