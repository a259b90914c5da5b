import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Store } from '../page/store.ts';

/**
 * Reads stores while an element renders, and renders it again when one of them changes. What the last rendering did not read
 * is no longer watched.
 */
export class StoreReader implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #watched = new Map<object, () => void>();
  #read = new Set<object>();

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  /** Returns a store's snapshot. Call it only while rendering. */
  read<State>(store: Store<State>): State {
    this.#read.add(store);
    if (!this.#watched.has(store)) {
      this.#watched.set(
        store,
        store.subscribe(() => this.#host.requestUpdate()),
      );
    }
    return store.getSnapshot();
  }

  hostConnected(): void {
    this.#host.requestUpdate();
  }

  hostUpdate(): void {
    this.#read = new Set();
  }

  hostUpdated(): void {
    for (const [store, stop] of Array.from(this.#watched)) {
      if (this.#read.has(store)) continue;
      stop();
      this.#watched.delete(store);
    }
  }

  hostDisconnected(): void {
    for (const stop of this.#watched.values()) stop();
    this.#watched.clear();
  }
}
