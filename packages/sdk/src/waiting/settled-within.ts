import { pause } from './pause.ts';

/** Resolves once `work` has settled, or after `limitMs`. Never rejects. */
export async function settledWithin(limitMs: number, work: Promise<unknown>): Promise<void> {
  const settled = new AbortController();
  const stop = () => settled.abort();
  work.then(stop, stop);
  await pause(limitMs, settled.signal);
}
