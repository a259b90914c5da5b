import type { ParleyError } from '@parley-rtc/client';
import { retry } from './retry.ts';

/** Prepares a task, and starts it unless the returned function is called before; then or later, that stops it. */
export function lazily(prepare: (signal: AbortSignal) => Promise<() => () => void>): () => void {
  const over = new AbortController();
  let stop: (() => void) | undefined;
  const run = async () => {
    const start = await prepare(over.signal);
    if (!over.signal.aborted) stop = start();
  };
  // Rejects only once it is over.
  run().catch(() => {});
  return () => {
    over.abort();
    stop?.();
  };
}

/**
 * Loads a part that a listener needs. A file that cannot be loaded is announced once, and tried again until it is there or
 * `signal` aborts.
 */
export async function keepLoading<Part>(
  load: () => Promise<Part>,
  signal: AbortSignal,
  onProblem: (error: ParleyError) => void,
): Promise<Part> {
  let isTold = false;
  const attempt = async () => {
    try {
      return await load();
    } catch (error) {
      if (!isTold && !signal.aborted) onProblem(error as ParleyError);
      isTold = true;
      throw error;
    }
  };
  return retry(attempt, { signal, budgetMs: Infinity, isFinal: () => false });
}
