/** Whether the browser knows that it has no network; never outside a browser. */
export function isOffline(): boolean {
  const { navigator } = globalThis as { readonly navigator?: { readonly onLine?: boolean } };
  return navigator?.onLine === false;
}

/**
 * Resolves when the browser has a network, or when `signal` aborts, with how long that took, in milliseconds. Outside a
 * browser: at once. Calls `onOffline` when there is something to wait for.
 */
export function untilOnline(signal: AbortSignal, onOffline?: () => void): Promise<number> {
  return new Promise((resolve) => {
    if (!isOffline() || signal.aborted) return resolve(0);
    const sinceMs = Date.now();
    onOffline?.();
    const done = () => {
      globalThis.removeEventListener('online', done);
      signal.removeEventListener('abort', done);
      resolve(Date.now() - sinceMs);
    };
    globalThis.addEventListener('online', done);
    signal.addEventListener('abort', done);
  });
}
