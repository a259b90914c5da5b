/**
 * Resolves after `delayMs`, or immediately when `signal` aborts. Leaves no timer behind. Resolves with the time by which it
 * took longer, in milliseconds: the machine slept, or the page was frozen.
 */
export function pause(delayMs: number, signal: AbortSignal): Promise<number> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(0);
    const startedAtMs = Date.now();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve(Math.max(0, Date.now() - startedAtMs - delayMs));
    };
    const timer = setTimeout(done, delayMs);
    signal.addEventListener('abort', done);
  });
}
