/** What every error of Parley is: `code` never changes, the message says what happened and what to do next. */
export abstract class ParleyError extends Error {
  abstract readonly code: string;
  /** True when doing the same again may work. */
  readonly retryable: boolean = false;
}

/** A bearer token, or a function that brings one and is called again before it expires and after a 401. */
export type TokenSource = string | (() => string | Promise<string>);

/** What a call takes beside its arguments. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}
