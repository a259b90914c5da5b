/** How the fake browser responds to requests for devices. */
export interface FakeDevices {
  getUserMedia(constraints: MediaStreamConstraints): Promise<MediaStream>;
  getDisplayMedia?(options: DisplayMediaStreamOptions): Promise<MediaStream>;
}

/** The part of a window that the SDK uses. */
export class FakePage {
  readonly navigator: { onLine: boolean; mediaDevices: Partial<FakeDevices> | undefined } = {
    onLine: true,
    mediaDevices: undefined,
  };
  readonly #listeners = new Set<readonly [name: string, listener: (event: Event) => void]>();

  get listenerCount(): number {
    return this.#listeners.size;
  }

  readonly addEventListener = (name: string, listener: (event: Event) => void): void => {
    this.#listeners.add([name, listener]);
  };

  readonly removeEventListener = (name: string, listener: (event: Event) => void): void => {
    for (const entry of this.#listeners) {
      if (entry[0] === name && entry[1] === listener) this.#listeners.delete(entry);
    }
  };

  /** Calls every listener, also after one that throws; then throws what it threw. */
  fire(name: string, init: { readonly persisted?: boolean } = {}): void {
    const event = Object.assign(new Event(name), init);
    const failures: unknown[] = [];
    for (const [listened, listener] of Array.from(this.#listeners)) {
      try {
        if (listened === name) listener(event);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  setOnline(onLine: boolean): void {
    this.navigator.onLine = onLine;
    this.fire(onLine ? 'online' : 'offline');
  }
}
