import type { ConferenceStore } from './conference-store.ts';

/** Resolves once `holds` does after a change of the store, immediately if it does already, or when `signal` aborts. */
export function untilState(
  { subscribe }: Pick<ConferenceStore, 'subscribe'>,
  holds: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  const isOver = () => holds() || signal.aborted;
  if (isOver()) return Promise.resolve();
  return new Promise((resolve) => {
    const check = () => {
      if (!isOver()) return;
      unsubscribe();
      signal.removeEventListener('abort', check);
      resolve();
    };
    const unsubscribe = subscribe(check);
    signal.addEventListener('abort', check);
  });
}
