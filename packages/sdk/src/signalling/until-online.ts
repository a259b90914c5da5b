/** Resolves when the browser has a network, or when `signal` aborts. Outside a browser: at once. */
export function untilOnline(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (globalThis.navigator?.onLine !== false || signal.aborted) return resolve();
    const done = () => {
      globalThis.removeEventListener('online', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    globalThis.addEventListener('online', done);
    signal.addEventListener('abort', done);
  });
}
