import type { ParleyError } from '@parley-rtc/client';

/** Something that takes time to get and must be given back. */
export interface Holding<Held> {
  readonly acquire: (signal: AbortSignal) => Promise<Held>;
  readonly release: (held: Held) => void;
  readonly onHeld: (held: Held) => void;
  readonly onFailed: (error: ParleyError) => void;
}

/**
 * Acquires, and gives back once the returned function is called, also when that happens before the thing is there.
 * Nothing is heard after that call.
 */
export function hold<Held>({ acquire, release, onHeld, onFailed }: Holding<Held>): () => void {
  const letGo = new AbortController();
  const { signal } = letGo;

  const start = async (): Promise<void> => {
    // What is wanted and unwanted in the same task asks for nothing: React's StrictMode undoes its first mount so.
    await Promise.resolve();
    if (signal.aborted) return;
    try {
      const held = await acquire(signal);
      if (signal.aborted) {
        release(held);
        return;
      }
      signal.addEventListener('abort', () => release(held));
      onHeld(held);
    } catch (error) {
      // The SDK rejects with nothing else.
      if (!signal.aborted) onFailed(error as ParleyError);
    }
  };
  void start();
  return () => letGo.abort();
}
