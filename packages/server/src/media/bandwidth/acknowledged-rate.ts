const capacity = 1_024;

/** The rate at which sent packets arrive, by the receiver's clock. */
export class AcknowledgedRate {
  readonly #arrivedMs = new Float64Array(capacity).fill(Number.NEGATIVE_INFINITY);
  readonly #bytes = new Uint16Array(capacity);
  #count = 0;
  #newestMs = Number.NEGATIVE_INFINITY;

  add(bytes: number, arrivedMs: number): void {
    const slot = this.#count % capacity;
    this.#arrivedMs[slot] = arrivedMs;
    this.#bytes[slot] = bytes;
    this.#count += 1;
    if (arrivedMs > this.#newestMs) this.#newestMs = arrivedMs;
  }

  /** Bits per second over this window before the newest arrival. */
  over(windowMs: number): number {
    const fromMs = this.#newestMs - windowMs;
    let bytes = 0;
    for (let back = 1; back <= Math.min(this.#count, capacity); back += 1) {
      const slot = (this.#count - back) % capacity;
      const arrivedMs = this.#arrivedMs[slot] ?? 0;
      // Slight reordering is normal.
      if (arrivedMs < fromMs - windowMs) break;
      if (arrivedMs > fromMs) bytes += this.#bytes[slot] ?? 0;
    }
    return (bytes * 8_000) / windowMs;
  }
}
