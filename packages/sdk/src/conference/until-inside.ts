import type { ConferenceStore } from '../state/conference-store.ts';

/**
 * Resolves once `isOutside` does not hold, or when `signal` aborts. The server refuses the media of an endpoint that is
 * rejoining, but apps view streams as soon as they are announced.
 */
export function untilInside(
  { subscribe }: Pick<ConferenceStore, 'subscribe'>,
  isOutside: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  const isOver = () => !isOutside() || signal.aborted;
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
