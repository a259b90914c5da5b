import type { Clock } from '../clock.ts';

/** Counts the events that a client has not acknowledged, so that a client that acknowledges none receives only so many. */
export class AckWindow {
  readonly #size: number;
  readonly #clock: Pick<Clock, 'elapsedMs'>;
  #count = 0;
  #fullSinceMs: number | undefined;
  #waiting: (() => void)[] = [];
  #isClosed = false;

  constructor(size: number, clock: Pick<Clock, 'elapsedMs'>) {
    this.#size = size;
    this.#clock = clock;
  }

  /** Resolves when another event may be sent, and counts it. Resolves immediately once closed. */
  async take(): Promise<void> {
    while (this.#count >= this.#size && !this.#isClosed) {
      this.#fullSinceMs ??= this.#clock.elapsedMs();
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#count += 1;
  }

  /** Counts an acknowledgement; one without an event changes nothing. */
  acknowledge(): void {
    this.#count = Math.max(0, this.#count - 1);
    this.#fullSinceMs = undefined;
    this.#wake();
  }

  /** For how long events have been held back, in milliseconds; 0 if none are. */
  get fullForMs(): number {
    return this.#fullSinceMs === undefined ? 0 : this.#clock.elapsedMs() - this.#fullSinceMs;
  }

  /** Lets everything through, because nothing is sent any more. */
  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
