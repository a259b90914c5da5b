/** Keeps the screen on while the page is visible, until the returned function is called. Does nothing where browsers cannot. */
export function holdScreenAwake(): () => void {
  let lock: Promise<WakeLockSentinel | undefined> | undefined;
  const request = (): void => {
    // The browser releases the lock whenever the page is hidden.
    if (document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return;
    // A low battery, for example, is a reason to refuse.
    lock = navigator.wakeLock.request('screen').catch(() => undefined);
  };
  request();
  document.addEventListener('visibilitychange', request);
  return () => {
    document.removeEventListener('visibilitychange', request);
    void lock?.then((sentinel) => sentinel?.release());
  };
}
