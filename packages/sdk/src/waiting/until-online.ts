/** Whether the server answered although the browser says that it has no network, as some do behind a VPN. */
let isMistaken = false;
const wakers = new Set<() => void>();

/** Whether the browser knows that it has no network; always false outside a browser. */
export function isOffline(): boolean {
  const { navigator } = globalThis as { readonly navigator?: { readonly onLine?: boolean } };
  if (navigator?.onLine !== false) isMistaken = false;
  return navigator?.onLine === false && !isMistaken;
}

/** Records whether the server answers. While it does, the browser's claim to be offline is ignored. */
export function noteNetwork(isAnswering: boolean): void {
  isMistaken = isAnswering;
  if (isAnswering) for (const wake of Array.from(wakers)) wake();
}

export interface UntilOnlineOptions {
  /** Called first if the browser is offline. */
  readonly onOffline?: () => void;
  /** Stops waiting after this time, in milliseconds, so that the caller tries anyway. Default: never. */
  readonly tryAfterMs?: number;
}

/**
 * Waits until the browser has a network or `signal` aborts; outside a browser, resolves immediately. Whoever calls
 * `noteNetwork` must pass `tryAfterMs`: a browser that is mistaken fires no event.
 */
export function untilOnline(
  signal: AbortSignal,
  { onOffline, tryAfterMs }: UntilOnlineOptions = {},
): Promise<void> {
  return new Promise((resolve) => {
    if (!isOffline() || signal.aborted) return resolve();
    onOffline?.();
    const done = () => {
      clearTimeout(timer);
      globalThis.removeEventListener('online', done);
      signal.removeEventListener('abort', done);
      wakers.delete(done);
      resolve();
    };
    const timer = tryAfterMs === undefined ? undefined : setTimeout(done, tryAfterMs);
    globalThis.addEventListener('online', done);
    signal.addEventListener('abort', done);
    wakers.add(done);
  });
}
