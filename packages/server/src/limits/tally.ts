/** Counts by key. A key whose count returns to zero is dropped, so that keys that come and go need no memory. */
export class Tally {
  readonly #counts = new Map<string, number>();

  /** The count of a key; 0 for one that was never counted. */
  of(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  change(key: string, by: 1 | -1): void {
    const count = this.of(key) + by;
    if (count === 0) this.#counts.delete(key);
    else this.#counts.set(key, count);
  }

  /** How many keys have a count. */
  get size(): number {
    return this.#counts.size;
  }

  /** The counts of all keys together. */
  get total(): number {
    let total = 0;
    for (const count of this.#counts.values()) total += count;
    return total;
  }
}
