/** Enough for any batch that a server may repeat. */
const capacity = 512;

/** Remembers the last ids, so that what is delivered twice is told once. */
export class SeenIds {
  readonly #ids = new Set<string>();

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** False if `id` was there before. An empty id is nobody's, so it is never there. */
  add(id: string): boolean {
    if (id === '') return true;
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    const [oldest] = this.#ids;
    if (this.#ids.size > capacity && oldest !== undefined) this.#ids.delete(oldest);
    return true;
  }
}
