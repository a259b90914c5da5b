import { AbortedError, TimeoutError } from './errors/api-errors.ts';
import { ParleyError } from './errors/parley-error.ts';

/** A longer delay overflows `setTimeout`, which then fires at once. */
const longestDelayMs = 2 ** 31 - 1;

/** What work under a deadline is told. */
export interface Deadline {
  /** Aborts when a caller does or when time is up; its reason is the error to throw. */
  readonly signal: AbortSignal;
  /** When time is up, in milliseconds since the epoch; `Infinity` without a limit. */
  readonly endsAtMs: number;
}

/** How long work may take, and who may stop it. */
export interface DeadlineOptions {
  /** What is done, for the texts of the errors. */
  readonly operation: string;
  /** Any of them gives up; a reason that is a {@link ParleyError} becomes the rejection. */
  readonly signals?: readonly (AbortSignal | undefined)[];
  /** In milliseconds. Default `Infinity`: as long as it takes, for what waits for a person. */
  readonly timeoutMs?: number;
}

/**
 * The result of `work`, unless the deadline or an abort comes first: then this rejects at once, whether or not `work`
 * listens to the signal it is given. Leaves neither timer nor listener behind.
 *
 * @throws {@link TimeoutError} (`ERR_TIMEOUT`), {@link AbortedError} (`ERR_ABORTED`).
 * @internal For the packages of Parley; no promise to anybody else.
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

  // One short-lived controller instead of AbortSignal.any: a caller's signal may live as long as the page.
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
