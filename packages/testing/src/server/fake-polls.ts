import { ConnectionError } from '@parley-rtc/client';

interface Poll {
  readonly wake: (isMessage?: boolean) => void;
  readonly breakOff: () => void;
}

/** The polls that wait for something to happen. */
export class FakePolls {
  /** How long an empty poll is held. */
  holdMs = 20_000;
  readonly #parked = new Set<Poll>();

  get size(): number {
    return this.#parked.size;
  }

  /** Completes all waiting polls. */
  wake(isMessage?: boolean): void {
    for (const { wake } of Array.from(this.#parked)) wake(isMessage);
  }

  /** Breaks all waiting polls, as a network does. */
  breakAll(): void {
    for (const { breakOff } of Array.from(this.#parked)) breakOff();
  }

  /** Holds a poll until something happens. Resolves to whether that is a message. */
  park(signal: AbortSignal | undefined, startedMs: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const wake = (isMessage = false) => {
        clearTimeout(timer);
        this.#parked.delete(poll);
        signal?.removeEventListener('abort', onAbort);
        resolve(isMessage);
      };
      const breakOff = () => {
        reject(broken('getEvents'));
        wake();
      };
      const poll = { wake, breakOff };
      const onAbort = () => wake();
      const timer = setTimeout(onAbort, startedMs + this.holdMs - Date.now());
      this.#parked.add(poll);
      signal?.addEventListener('abort', onAbort);
    });
  }
}

/** The error of a broken network. */
export const broken = (operation: string): ConnectionError =>
  new ConnectionError(operation, 'https://rtc.example.com');
