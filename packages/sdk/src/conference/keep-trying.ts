import { ParleyError } from '@parley-rtc/client';
import { pause } from '../pause.ts';
import { reconnectDelayMs } from '../reconnect-policy.ts';
import { untilOnline } from '../until-online.ts';

/** So long a server may be away. Time without a network does not count. */
const budgetMs = 120_000;

/**
 * What `attempt` brings, after as many tries as it takes, with jittered pauses. Rejects with its error when it is
 * refused, after two minutes, or when `signal` aborts.
 */
export async function keepTrying<Result>(
  attempt: () => Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  let leftMs = budgetMs;
  for (let failures = 0; ; failures += 1) {
    await untilOnline(signal);
    const startedAtMs = Date.now();
    try {
      return await attempt();
    } catch (error) {
      const isRefused = error instanceof ParleyError && !error.retryable;
      if (isRefused || signal.aborted || leftMs <= 0) throw error;
      await pause(reconnectDelayMs(failures), signal);
      leftMs -= Date.now() - startedAtMs;
    }
  }
}
