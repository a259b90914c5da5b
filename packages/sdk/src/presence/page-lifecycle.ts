export interface PageListeners {
  /** The page goes away for good: last chance to send anything. */
  readonly onGone: () => void;
  /**
   * The page goes into the browser's back/forward cache, and the browser may discard it there without another event. Chromium
   * never keeps a page with media, although it claims to.
   */
  readonly onAway: () => void;
  /** The page is back from the cache. */
  readonly onReturn: () => void;
  /** The page thawed, or its network came, went or changed: state and connections may be out of date. */
  readonly onBack: (event?: Event) => void;
}

/** Chromium on phones exposes the network type: Wi-Fi can replace mobile data without the browser going offline. */
interface NavigatorWithNetwork {
  readonly connection?: EventTarget & { readonly type?: string };
}

/** Watches the page's lifecycle until the returned function is called. Does nothing outside a browser. */
export function watchPage({ onGone, onAway, onReturn, onBack }: PageListeners): () => void {
  if (typeof globalThis.addEventListener !== 'function') return () => {};
  let handled: Event | undefined;
  const onHide = (event: Event) => {
    if (event === handled) return;
    if (isPersisted(event)) onAway();
    else onGone();
    handled = event;
  };
  const listeners: readonly (readonly [name: string, listener: (event: Event) => void])[] = [
    // Firefox cancels the script that runs while it closes a tab, often at its first step, but no later listener.
    ['pagehide', (event) => onHide(event)],
    ['pagehide', (event) => onHide(event)],
    ['pageshow', (event) => isPersisted(event) && onReturn()],
    ['online', onBack],
    // Connections that are open when the network goes would stay silent for a long time before they fail.
    ['offline', onBack],
    // Chromium fires this on the document when a background page thaws; the window sees it only in the capture phase.
    ['resume', onBack],
  ];
  for (const [name, listener] of listeners) globalThis.addEventListener(name, listener, true);
  const { connection } = globalThis.navigator as NavigatorWithNetwork;
  let type = connection?.type;
  // `change` also fires whenever the estimated bandwidth changes.
  const onNetwork = () => {
    if (connection?.type === type) return;
    type = connection?.type;
    if (type !== 'none') onBack();
  };
  connection?.addEventListener('change', onNetwork);
  return () => {
    for (const [name, listener] of listeners) globalThis.removeEventListener(name, listener, true);
    connection?.removeEventListener('change', onNetwork);
  };
}

/** Whether the page enters, or returns from, the back/forward cache. */
function isPersisted(event: Event): boolean {
  return (event as PageTransitionEvent).persisted;
}
