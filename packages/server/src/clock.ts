/** The time, and the only way to wait. Tests replace it. */
export interface Clock {
  /** Milliseconds since 1970, for timestamps and the times of tokens. An operator or NTP may set it back or forward. */
  now(): number;
  /** Milliseconds of a clock that nobody can set, for durations. Its zero means nothing. */
  elapsedMs(): number;
  /**
   * Calls `callback` once after `delayMs` milliseconds, unless the returned function was called first. A delay of more
   * than 24 days may end early, so check the time when waiting that long.
   */
  setTimer(callback: () => void, delayMs: number): () => void;
}

/** The longest delay that `setTimeout` supports; it treats anything longer as 1 millisecond. */
const longestDelayMs = 2 ** 31 - 1;

/** The machine's clock. Its timers do not keep an otherwise idle process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsedMs: () => performance.now(),
  setTimer: (callback, delayMs) => {
    const timer = setTimeout(callback, Math.min(delayMs, longestDelayMs));
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
};
