import { pause } from './pause.ts';

/** Repeats `work`, with a pause of `intervalMs` after each run, until the returned function is called. */
export function repeatEvery(intervalMs: number, work: (signal: AbortSignal) => Promise<unknown>): () => void {
  const stopping = new AbortController();
  const { signal } = stopping;
  const run = async () => {
    while (!signal.aborted) {
      await work(signal);
      await pause(intervalMs, signal);
    }
  };
  void run();
  return () => stopping.abort();
}
