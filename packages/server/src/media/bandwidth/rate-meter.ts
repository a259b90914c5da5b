const bucketMs = 100;
const bucketCount = 10;

/** Measures the bitrate over the last second. */
export class RateMeter {
  readonly #bits = new Float64Array(bucketCount);
  #newestBucket = Number.NEGATIVE_INFINITY;
  #firstBucket = 0;

  add(bytes: number, nowMs: number): void {
    this.#advance(nowMs);
    const slot = this.#newestBucket % bucketCount;
    this.#bits[slot] = (this.#bits[slot] ?? 0) + bytes * 8;
  }

  /** Bits per second; a stream that has just started is measured over its time so far. */
  bitsPerSecond(nowMs: number): number {
    if (this.#newestBucket === Number.NEGATIVE_INFINITY) return 0;
    this.#advance(nowMs);
    const buckets = Math.min(bucketCount, this.#newestBucket - this.#firstBucket + 1);
    let sum = 0;
    for (const bits of this.#bits) sum += bits;
    return (sum * 1_000) / (Math.max(3, buckets) * bucketMs);
  }

  #advance(nowMs: number): void {
    const bucket = Math.floor(nowMs / bucketMs);
    if (bucket <= this.#newestBucket) return;
    if (bucket - this.#newestBucket >= bucketCount) {
      this.#bits.fill(0);
      this.#firstBucket = bucket;
    } else {
      for (let next = this.#newestBucket + 1; next <= bucket; next += 1) this.#bits[next % bucketCount] = 0;
    }
    this.#newestBucket = bucket;
  }
}
