import { AbortedError, TimeoutError } from './errors/api-errors.ts';

/** A longer delay overflows `setTimeout`, which then fires at once. */
const longestDelayMs = 2 ** 31 - 1;

/** What work under a deadline is told. */
export interface Deadline {
  /** Aborts when the caller does or when time is up; its reason is the error to throw. */
  readonly signal: AbortSignal;
  /** When time is up, in milliseconds since the epoch. */
  readonly endsAtMs: number;
}

/**
 * The result of `work`, unless the deadline or the caller's signal comes first: then this rejects at once, whether or
 * not `work` listens to the signal it is given. Leaves neither timer nor listener behind.
 *
 * @throws {@link TimeoutError} (`ERR_TIMEOUT`), {@link AbortedError} (`ERR_ABORTED`).
 */
export async function withDeadline<Result>(
  operation: string,
  options: { readonly signal?: AbortSignal | undefined; readonly timeoutMs: number },
  work: (deadline: Deadline) => Promise<Result>,
): Promise<Result> {
  const { signal, timeoutMs } = options;
  const abortedError = () => new AbortedError(operation, { cause: signal?.reason });
  if (signal?.aborted) throw abortedError();

  // One short-lived controller instead of AbortSignal.any: a caller's signal may live as long as the page.
  const controller = new AbortController();
  const onAbort = () => controller.abort(abortedError());
  signal?.addEventListener('abort', onAbort);
  const timer = setTimeout(
    () => controller.abort(new TimeoutError(operation, timeoutMs)),
    Math.min(timeoutMs, longestDelayMs),
  );
  try {
    return await Promise.race([
      rejectionOf(controller.signal),
      work({ signal: controller.signal, endsAtMs: Date.now() + timeoutMs }),
    ]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

async function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}
