/** What is remembered of the process in one place. */
export interface ProcessHistory {
  startedMs: number;
  /** Ends that followed a short life, in a row. */
  failures: number;
}

/** One that lived this long has no fault that would end the next one at once. */
const soundLifeMs = 60_000;
const firstDelayMs = 100;
const longestDelayMs = 30_000;

/** How long to wait before the next process is started; counts the end of the last one. */
export function backOffMs(history: ProcessHistory, nowMs: number): number {
  if (nowMs - history.startedMs >= soundLifeMs) history.failures = 0;
  const delayMs = Math.min(longestDelayMs, firstDelayMs * 2 ** history.failures);
  history.failures += 1;
  return delayMs;
}
