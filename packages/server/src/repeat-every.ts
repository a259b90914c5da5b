import type { Clock } from './clock.ts';

/**
 * Calls `work` every `intervalMs` milliseconds until the returned function is called. `onError` receives what it
 * throws.
 */
export function repeatEvery(
  clock: Clock,
  intervalMs: number,
  work: () => Promise<void>,
  onError: (error: unknown) => void,
): () => void {
  let stopTimer: (() => void) | undefined;
  const next = (): void => {
    stopTimer = clock.setTimer(() => {
      work().catch(onError);
      next();
    }, intervalMs);
  };
  next();
  return () => {
    stopTimer?.();
  };
}
