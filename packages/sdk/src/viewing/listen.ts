/**
 * Listens to an element until the returned function is called, without keeping it alive: a listener's `signal` would.
 */
export function listen(
  element: HTMLMediaElement,
  names: readonly string[],
  listener: (event: Event) => void,
): () => void {
  const ref = new WeakRef(element);
  for (const name of names) element.addEventListener?.(name, listener);
  return () => {
    for (const name of names) ref.deref()?.removeEventListener?.(name, listener);
  };
}
