/**
 * Syncs written data to the disk, one sync at a time: calls during a sync share the next one, so a hundred concurrent
 * commands wait for two syncs instead of a hundred, without blocking the thread.
 */
export class DiskSync {
  readonly #sync: () => Promise<void>;
  #isDirty = false;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(sync: () => Promise<void>) {
    this.#sync = sync;
  }

  /** Records that something was written. */
  note(): void {
    this.#isDirty = true;
  }

  /**
   * Resolves when everything written before the call is on the disk. Rejects with the disk's error, then and forever:
   * retrying cannot restore data that a disk has lost.
   */
  synced(): Promise<void> {
    if (!this.#isDirty) return this.#running;
    if (this.#next) return this.#next;
    const next = this.#running.then(() => {
      this.#running = next;
      this.#next = undefined;
      this.#isDirty = false;
      return this.#sync();
    });
    this.#next = next;
    return next;
  }
}
