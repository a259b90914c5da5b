import type { Clock } from './clock.ts';

/**
 * Calls `work` every `intervalMs` milliseconds until the returned function is called, which `work` may do. `onError` receives
 * what it throws.
 */
export function repeatEvery(
  clock: Clock,
  intervalMs: number,
  work: () => Promise<void>,
  onError: (error: unknown) => void,
): () => void {
  let isStopped = false;
  let stopTimer: (() => void) | undefined;
  const next = (): void => {
    if (isStopped) return;
    stopTimer = clock.setTimer(() => {
      work().catch(onError);
      next();
    }, intervalMs);
  };
  next();
  return () => {
    isStopped = true;
    stopTimer?.();
  };
}
