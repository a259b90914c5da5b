/** Packets that arrived within this time before the newest count as current, and at least this many. */
const latestMs = 40;
const minPackets = 3;
const capacity = 32;
/** Longer than any packet waits: the clock or the path has changed. */
const longestWaitMs = 5_000;
/** The minimum delay is taken over one to two of these windows, because clocks drift and paths change. */
const baseWindowMs = 10_000;

/**
 * How long packets wait in a queue: the minimum delay of the latest packets above the minimum of the recent past (as
 * in CoDel). Jitter, and frames whose packets wait for each other, leave that low; a standing queue does not.
 */
export class StandingQueue {
  readonly #delaysMs = new Float64Array(capacity);
  readonly #arrivedMs = new Float64Array(capacity);
  #count = 0;
  #formerBaseMs = Number.POSITIVE_INFINITY;
  #baseMs = Number.POSITIVE_INFINITY;
  #baseSinceMs = Number.NEGATIVE_INFINITY;

  /** Adds a packet's transit time, measured with two unsynchronized clocks. */
  add(delayMs: number, arrivedMs: number): void {
    const isAnother = delayMs - this.#baseMs > longestWaitMs;
    if (isAnother || arrivedMs - this.#baseSinceMs >= baseWindowMs) {
      this.#formerBaseMs = isAnother ? delayMs : this.#baseMs;
      this.#baseMs = delayMs;
      this.#baseSinceMs = arrivedMs;
    }
    this.#baseMs = Math.min(this.#baseMs, delayMs);
    this.#delaysMs[this.#count % capacity] = delayMs;
    this.#arrivedMs[this.#count % capacity] = arrivedMs;
    this.#count += 1;
  }

  /** In milliseconds; 0 until there are enough packets. */
  get waitMs(): number {
    if (this.#count < minPackets) return 0;
    const sinceMs = (this.#arrivedMs[(this.#count - 1) % capacity] ?? 0) - latestMs;
    let minDelayMs = Number.POSITIVE_INFINITY;
    for (let back = 1; back <= Math.min(this.#count, capacity); back += 1) {
      const slot = (this.#count - back) % capacity;
      if (back > minPackets && (this.#arrivedMs[slot] ?? 0) < sinceMs) break;
      minDelayMs = Math.min(minDelayMs, this.#delaysMs[slot] ?? 0);
    }
    return minDelayMs - Math.min(this.#baseMs, this.#formerBaseMs);
  }
}
