interface Waiter {
  readonly version: number;
  readonly wake: () => void;
}

/** Callers waiting for a version of a history. */
export class Waiters {
  readonly #waiters = new Map<string, Set<Waiter>>();

  /** Resolves when {@link wake} reaches `version` or `signal` aborts. Never rejects. */
  wait(conferenceId: string, version: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    const waiters = this.#waiters.get(conferenceId) ?? new Set();
    this.#waiters.set(conferenceId, waiters);
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake);
        waiters.delete(waiter);
        if (waiters.size === 0) this.#waiters.delete(conferenceId);
        resolve();
      };
      const waiter: Waiter = { version, wake };
      waiters.add(waiter);
      signal.addEventListener('abort', wake);
    });
  }

  /** How many conferences have waiting callers. */
  get count(): number {
    return this.#waiters.size;
  }

  /** Wakes callers that wait for a version below `versionCount`; without it, all of them. */
  wake(conferenceId: string, versionCount: number = Infinity): void {
    for (const { version, wake } of this.#waiters.get(conferenceId) ?? []) {
      if (version < versionCount) wake();
    }
  }

  /** Wakes all callers. */
  wakeAll(): void {
    for (const conferenceId of this.#waiters.keys()) this.wake(conferenceId);
  }
}
