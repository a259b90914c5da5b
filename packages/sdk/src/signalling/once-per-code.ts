import type { ParleyError } from '@parley-rtc/client';

/** Passes a problem on once, not at every attempt that meets it. */
export class OncePerCode {
  readonly #onProblem: (error: ParleyError) => void;
  #last: string | undefined;

  constructor(onProblem: (error: ParleyError) => void) {
    this.#onProblem = onProblem;
  }

  tell(error: ParleyError): void {
    if (this.#last === error.code) return;
    this.#last = error.code;
    this.#onProblem(error);
  }

  /** The trouble is over: should it come again, it is news. */
  forget(): void {
    this.#last = undefined;
  }
}
