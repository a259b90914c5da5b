/**
 * Resolves when the browser has a network, or when `signal` aborts. Outside a browser: at once. Calls `onOffline` when
 * there is something to wait for.
 */
export function untilOnline(signal: AbortSignal, onOffline: () => void): Promise<void> {
  const { navigator } = globalThis as { readonly navigator?: { readonly onLine?: boolean } };
  return new Promise((resolve) => {
    if (navigator?.onLine !== false || signal.aborted) return resolve();
    onOffline();
    const done = () => {
      globalThis.removeEventListener('online', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    globalThis.addEventListener('online', done);
    signal.addEventListener('abort', done);
  });
}
