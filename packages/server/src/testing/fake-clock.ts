import type { Clock } from '../clock.ts';

interface Timer {
  readonly atMs: number;
  readonly callback: () => void;
}

/** A clock that moves only by {@link advance}. */
export class FakeClock implements Clock {
  #nowMs: number;
  #setMs = 0;
  readonly #timers = new Set<Timer>();

  constructor(nowMs: number = Date.parse('2026-01-05T10:00:00.123Z')) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs + this.#setMs;
  }

  elapsedMs(): number {
    return this.#nowMs;
  }

  /** Sets the time of day forward or, with a negative number, back. Durations and timers do not notice. */
  set(byMs: number): void {
    this.#setMs += byMs;
  }

  setTimer(callback: () => void, delayMs: number): () => void {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** Advances the time and runs the timers that become due, each at its time. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const [next] = [...this.#timers].toSorted((a, b) => a.atMs - b.atMs);
      if (!next || next.atMs > endMs) break;
      this.#timers.delete(next);
      this.#nowMs = next.atMs;
      next.callback();
    }
    this.#nowMs = endMs;
  }

  /** Number of pending timers. */
  get timerCount(): number {
    return this.#timers.size;
  }
}
