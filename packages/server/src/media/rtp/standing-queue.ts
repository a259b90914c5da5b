/** What arrived in this time before the newest packet counts as now, and no fewer packets than these. */
const latestMs = 40;
const leastPackets = 3;
const capacity = 32;
/** Longer than a packet waits anywhere: the clock, or the path, is another. */
const longestWaitMs = 5_000;
/** The least delay of a link is looked for over once to twice this time, since clocks drift and paths change. */
const baseWindowMs = 10_000;

/**
 * How long packets wait on a link that could be quicker: the least delay of the latest packets above the least of some time
 * (as CoDel does it). Jitter, and frames whose packets wait for each other, leave that low; a queue that stands does not.
 */
export class StandingQueue {
  readonly #delaysMs = new Float64Array(capacity);
  readonly #arrivedMs = new Float64Array(capacity);
  #count = 0;
  #formerBaseMs = Number.POSITIVE_INFINITY;
  #baseMs = Number.POSITIVE_INFINITY;
  #baseSinceMs = Number.NEGATIVE_INFINITY;

  /** Takes how long a packet was under way, by clocks that have nothing to do with each other. */
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

  /** In milliseconds; 0 before there is enough to judge. */
  get waitMs(): number {
    if (this.#count < leastPackets) return 0;
    const sinceMs = (this.#arrivedMs[(this.#count - 1) % capacity] ?? 0) - latestMs;
    let leastMs = Number.POSITIVE_INFINITY;
    for (let back = 1; back <= Math.min(this.#count, capacity); back += 1) {
      const slot = (this.#count - back) % capacity;
      if (back > leastPackets && (this.#arrivedMs[slot] ?? 0) < sinceMs) break;
      leastMs = Math.min(leastMs, this.#delaysMs[slot] ?? 0);
    }
    return leastMs - Math.min(this.#baseMs, this.#formerBaseMs);
  }
}
