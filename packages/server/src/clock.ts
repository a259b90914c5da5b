/** The time, and the only way to wait for it. Tests bring their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /**
   * Calls `callback` once after `delayMs` milliseconds, unless the returned function was called before. May come
   * early when that is more than 24 days, so who waits longer looks at the time.
   */
  setTimer(callback: () => void, delayMs: number): () => void;
}

/** The longest that `setTimeout` can wait; it takes anything above for 1 millisecond. */
const longestDelayMs = 2 ** 31 - 1;

/** The machine's clock. Its timers do not keep a process alive that has nothing else to do. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer: (callback, delayMs) => {
    const timer = setTimeout(callback, Math.min(delayMs, longestDelayMs));
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
};
