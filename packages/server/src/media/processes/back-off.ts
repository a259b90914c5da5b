/** The history of the processes in one slot. */
export interface ProcessHistory {
  startedMs: number;
  /** Consecutive exits after a short life. */
  failures: number;
}

/** A process that lived this long has no fault that would end the next one immediately. */
const healthyLifeMs = 60_000;
const firstDelayMs = 100;
const longestDelayMs = 30_000;

/** How long to wait before starting the next process; counts the exit of the last one. */
export function backOffMs(history: ProcessHistory, nowMs: number): number {
  if (nowMs - history.startedMs >= healthyLifeMs) history.failures = 0;
  const delayMs = Math.min(longestDelayMs, firstDelayMs * 2 ** history.failures);
  history.failures += 1;
  return delayMs;
}
