import { AbortedError, ParleyError, TimeoutError } from '@parley-rtc/client';

export interface DeadlineOptions {
  /** What is done, for the texts of the errors. */
  readonly operation: string;
  /** Any of them gives up; a reason that is a `ParleyError` becomes the rejection. */
  readonly signals: readonly (AbortSignal | undefined)[];
  /** In milliseconds. Default: as long as it takes, for what waits for a person. */
  readonly timeoutMs?: number;
}

/**
 * Does `work` until the deadline or an abort, whichever is first: then rejects at once, even if `work` does not listen
 * to its signal. Leaves no timer behind.
 *
 * @throws TimeoutError (`ERR_TIMEOUT`), AbortedError (`ERR_ABORTED`).
 */
export async function withDeadline<Result>(
  { operation, signals, timeoutMs }: DeadlineOptions,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const timeout = new AbortController();
  const signal = AbortSignal.any([timeout.signal, ...signals.filter((one) => one !== undefined)]);
  const refused = () =>
    signal.reason instanceof ParleyError
      ? signal.reason
      : new AbortedError(operation, { cause: signal.reason });
  if (signal.aborted) throw refused();
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => timeout.abort(new TimeoutError(operation, timeoutMs)), timeoutMs);
  try {
    return await Promise.race([
      work(signal),
      new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(refused()), { once: true });
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}
