import { ParleyError } from '@parley-rtc/client';
import { backoffMs } from './backoff.ts';
import { pause } from './pause.ts';
import { longestTryMs } from './recovery-policy.ts';
import { isOffline, untilOnline } from './until-online.ts';

export interface RetryOptions {
  /** Stops retrying. */
  readonly signal: AbortSignal;
  /** How long to retry, in milliseconds. Time without a network, or asleep, does not count. */
  readonly budgetMs: number;
  /** Whether retrying cannot help. Default: true for a `ParleyError` that is not `retryable`. */
  readonly isFinal?: (error: unknown) => boolean;
  /** Returns how long to pause after failure number `failure` (0 is the first), in milliseconds. Default: `backoffMs`. */
  readonly pauseMs?: (failure: number) => number;
}

/**
 * Calls `attempt` until it succeeds, with jittered pauses in between, and returns its result. Each try waits for the
 * network. Rejects with the error of the last try when that is final or the budget is spent, or when `signal` aborts.
 */
export async function retry<Result>(
  attempt: () => Promise<Result>,
  { signal, budgetMs, isFinal = isLasting, pauseMs = backoffMs }: RetryOptions,
): Promise<Result> {
  let endsAtMs = Date.now() + budgetMs;
  for (let failures = 0; ; failures += 1) {
    if (isOffline()) endsAtMs += await untilOnline(signal);
    signal.throwIfAborted();
    const startedAtMs = Date.now();
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted || isFinal(error)) throw error;
      endsAtMs += Math.max(0, Date.now() - startedAtMs - longestTryMs);
      if (isOffline()) {
        // A try during which the network failed says nothing about the server, so it does not count.
        endsAtMs += Date.now() - startedAtMs;
        failures = -1;
      } else {
        if (Date.now() >= endsAtMs) throw error;
        endsAtMs += await pause(pauseMs(failures), signal);
      }
    }
  }
}

function isLasting(error: unknown): boolean {
  return error instanceof ParleyError && !error.retryable;
}
