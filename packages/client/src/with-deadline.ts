import { AbortedError, TimeoutError } from './errors/api-errors.ts';
import { ParleyError } from './errors/parley-error.ts';

/** A longer delay overflows `setTimeout`, which then fires immediately. */
const longestDelayMs = 2 ** 31 - 1;

/** What `withDeadline` passes to its work. */
export interface Deadline {
  /** Aborts when a caller aborts or the deadline passes; its reason is the error to throw. */
  readonly signal: AbortSignal;
  /** When the deadline passes, in milliseconds since the epoch; `Infinity` without a timeout. */
  readonly endsAtMs: number;
}

/** Timeout and abort signals of an operation. */
export interface DeadlineOptions {
  /** Operation name for error messages. */
  readonly operation: string;
  /** Any of them aborts the work. A reason that is a {@link ParleyError} becomes the rejection. */
  readonly signals?: readonly (AbortSignal | undefined)[];
  /** Timeout in milliseconds. Default `Infinity`, for work that waits for a person. */
  readonly timeoutMs?: number;
}

/**
 * Returns the result of `work`. Rejects immediately if the deadline passes or a signal aborts first, whether or not
 * `work` reacts to its signal. Leaves neither timers nor listeners behind.
 *
 * @throws {@link TimeoutError} (`ERR_TIMEOUT`), {@link AbortedError} (`ERR_ABORTED`).
 * @internal For Parley's own packages; may change without notice.
 */
export async function withDeadline<Result>(
  { operation, signals = [], timeoutMs = Infinity }: DeadlineOptions,
  work: (deadline: Deadline) => Promise<Result>,
): Promise<Result> {
  const present = signals.filter((signal) => signal !== undefined);
  const refusal = () => {
    const cause: unknown = present.find(({ aborted }) => aborted)?.reason;
    return cause instanceof ParleyError ? cause : new AbortedError(operation, { cause });
  };
  if (present.some(({ aborted }) => aborted)) throw refusal();

  // A short-lived controller instead of AbortSignal.any, because a caller's signal may live as long as the page.
  const controller = new AbortController();
  const onAbort = () => controller.abort(refusal());
  for (const signal of present) signal.addEventListener('abort', onAbort);
  const timer =
    timeoutMs === Infinity
      ? undefined
      : setTimeout(
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
    for (const signal of present) signal.removeEventListener('abort', onAbort);
  }
}

async function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}
