export interface PageListeners {
  /** The page goes away for good: whatever is to be said must be said in this moment. */
  readonly onGone: () => void;
  /** The page is back after it was frozen, or its network is: what is known and what is open may be out of date. */
  readonly onBack: () => void;
}

/** Listens to the life of the page, until the returned function is called. Outside a browser nothing happens. */
export function watchPage({ onGone, onBack }: PageListeners): () => void {
  if (typeof globalThis.addEventListener !== 'function') return () => {};
  const onHide = ({ persisted }: PageTransitionEvent) => {
    // A persisted page is only frozen, and may come back with everything that it had.
    if (!persisted) onGone();
  };
  const onShow = ({ persisted }: PageTransitionEvent) => {
    if (persisted) onBack();
  };
  globalThis.addEventListener('pagehide', onHide);
  globalThis.addEventListener('pageshow', onShow);
  globalThis.addEventListener('online', onBack);
  return () => {
    globalThis.removeEventListener('pagehide', onHide);
    globalThis.removeEventListener('pageshow', onShow);
    globalThis.removeEventListener('online', onBack);
  };
}
