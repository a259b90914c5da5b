/** What {@link FailureCounts} needs. */
export interface FailureCountsOptions {
  /** How long failures count, from the first one of a key on. */
  readonly windowMs: number;
  /** Keys counted at the same time; the oldest gives way to a new one. */
  readonly maxKeys: number;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
}

/** Failures by key, in bounded memory. Synchronous, so that parallel attempts cannot overtake the count. */
export class FailureCounts {
  readonly #options: FailureCountsOptions;
  /** In the order in which the windows end. */
  readonly #windows = new Map<string, { count: number; readonly endMs: number }>();

  constructor(options: FailureCountsOptions) {
    this.#options = options;
  }

  /** The failures of this key that count now. */
  of(key: string): number {
    this.#dropEnded();
    return this.#windows.get(key)?.count ?? 0;
  }

  /** Counts a failure and returns how many the key has now. */
  add(key: string): number {
    const { maxKeys, now, windowMs } = this.#options;
    this.#dropEnded();
    const window = this.#windows.get(key) ?? { count: 0, endMs: now() + windowMs };
    window.count += 1;
    this.#windows.set(key, window);
    const [oldest] = this.#windows.keys();
    if (this.#windows.size > maxKeys && oldest !== undefined) this.#windows.delete(oldest);
    return window.count;
  }

  /** Milliseconds until the key's failures no longer count. */
  remainingMs(key: string): number {
    return (this.#windows.get(key)?.endMs ?? 0) - this.#options.now();
  }

  /** Number of counted keys. */
  get size(): number {
    return this.#windows.size;
  }

  #dropEnded(): void {
    const nowMs = this.#options.now();
    for (const [key, { endMs }] of this.#windows) {
      if (endMs > nowMs) return;
      this.#windows.delete(key);
    }
  }
}
