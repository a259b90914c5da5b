export interface PageListeners {
  /** The page goes away for good: whatever is to be said must be said in this moment. */
  readonly onGone: () => void;
  /**
   * The page goes into the browser's back/forward cache, and may be thrown away there without another word: Chromium
   * promises to keep also pages with media, and then never does.
   */
  readonly onAway: () => void;
  /** The page is back from there. */
  readonly onReturn: () => void;
  /** The page is back after it was frozen, or its network came, went or is another: what is known and open may be out of date. */
  readonly onBack: () => void;
}

/** What Chromium on phones tells of the network: Wi-Fi in place of mobile data comes without a moment offline. */
interface NavigatorWithNetwork {
  readonly connection?: EventTarget & { readonly type?: string };
}

/** Listens to the life of the page, until the returned function is called. Outside a browser nothing happens. */
export function watchPage({ onGone, onAway, onReturn, onBack }: PageListeners): () => void {
  if (typeof globalThis.addEventListener !== 'function') return () => {};
  const onHide = ({ persisted }: PageTransitionEvent) => {
    if (persisted) onAway();
    else onGone();
  };
  const onShow = ({ persisted }: PageTransitionEvent) => {
    if (persisted) onReturn();
  };
  globalThis.addEventListener('pagehide', onHide);
  globalThis.addEventListener('pageshow', onShow);
  globalThis.addEventListener('online', onBack);
  // What is open then would be silent for long before it breaks.
  globalThis.addEventListener('offline', onBack);
  // Chromium thaws pages in the background by this event. It goes to the document, so it is caught on its way there.
  globalThis.addEventListener('resume', onBack, true);
  const { connection } = globalThis.navigator as NavigatorWithNetwork;
  let type = connection?.type;
  // It also fires for every change of an estimated bandwidth.
  const onNetwork = () => {
    if (connection?.type === type) return;
    type = connection?.type;
    if (type !== 'none') onBack();
  };
  connection?.addEventListener('change', onNetwork);
  return () => {
    globalThis.removeEventListener('pagehide', onHide);
    globalThis.removeEventListener('pageshow', onShow);
    globalThis.removeEventListener('online', onBack);
    globalThis.removeEventListener('offline', onBack);
    globalThis.removeEventListener('resume', onBack, true);
    connection?.removeEventListener('change', onNetwork);
  };
}
