/**
 * Asks for what was written to reach the disk, one request at a time: whoever comes while one is under way shares the
 * next, so a hundred commands at once wait for the disk twice, not a hundred times, and the thread never stands still.
 */
export class DiskSync {
  readonly #sync: () => Promise<void>;
  #isDirty = false;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(sync: () => Promise<void>) {
    this.#sync = sync;
  }

  /** Tells that something was written. */
  note(): void {
    this.#isDirty = true;
  }

  /**
   * Resolves when all that was noted before is on the disk. Rejects with what the disk said, then and ever after: what
   * a disk lost once cannot be made good by asking again.
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
