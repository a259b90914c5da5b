import type { Clock } from './clock.ts';

/** Calls `wait` with a signal that aborts with `signal`, or after `timeoutMs` milliseconds. */
export async function waitAtMost(
  clock: Clock,
  timeoutMs: number,
  signal: AbortSignal,
  wait: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const waiting = new AbortController();
  const abort = (): void => {
    waiting.abort('wait ended');
  };
  const stopTimer = clock.setTimer(abort, timeoutMs);
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  await wait(waiting.signal);
  signal.removeEventListener('abort', abort);
  stopTimer();
}
