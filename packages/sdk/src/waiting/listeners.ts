import { callListener, type Listener } from './call-listener.ts';

/** A list of the app's listeners. A failing listener stops neither the other listeners nor the caller. */
export class Listeners<Payload> {
  readonly #entries = new Set<(payload: Payload) => void>();
  readonly #onError: (cause: unknown) => void;

  /** `onError` receives what a listener threw or rejected with; what it throws itself is an uncaught error. */
  constructor(onError: (cause: unknown) => void) {
    this.#onError = onError;
  }

  /** Adds a listener, even if it is already in the list, and returns a function that removes this entry. */
  add(listener: Listener<Payload>): () => void {
    const entry = (payload: Payload) => void callListener(listener, payload, this.#onError);
    this.#entries.add(entry);
    return () => void this.#entries.delete(entry);
  }

  /** Calls the listeners in the list. Skips those that a listener adds or removes during the call. */
  call(payload: Payload): void {
    for (const entry of Array.from(this.#entries)) if (this.#entries.has(entry)) entry(payload);
  }

  clear(): void {
    this.#entries.clear();
  }
}
