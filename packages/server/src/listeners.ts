/** A list of listeners. One that throws stops neither the other listeners nor the caller. */
export class Listeners<Payload> {
  readonly #entries = new Set<{ readonly call: (payload: Payload) => void }>();
  readonly #onError: (error: unknown, payload: Payload) => void;

  /** `onError` receives what a listener threw, and what the listener was called with. */
  constructor(onError: (error: unknown, payload: Payload) => void) {
    this.#onError = onError;
  }

  /** How many listeners there are. */
  get size(): number {
    return this.#entries.size;
  }

  /** Adds a listener, even one that is in the list already, and returns a function that removes this entry. */
  add(listener: (payload: Payload) => void): () => void {
    const entry = { call: listener };
    this.#entries.add(entry);
    return () => void this.#entries.delete(entry);
  }

  /** Calls the listeners that are in the list now; a listener added by one of them is not called. */
  call(payload: Payload): void {
    const present = [...this.#entries];
    for (const { call } of present) {
      try {
        call(payload);
      } catch (error) {
        this.#onError(error, payload);
      }
    }
  }

  clear(): void {
    this.#entries.clear();
  }
}
