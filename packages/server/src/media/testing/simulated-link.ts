/** What a link does to packets. */
export interface SimulatedLinkOptions {
  /** Bits per second; undefined for no limit. */
  readonly rateBps: number | undefined;
  /** How long a packet waits at most before it is dropped, in milliseconds. */
  readonly queueMs: number;
  /** Time that every packet is under way. */
  readonly delayMs: number;
  /** Adds a time of its own to each packet. Default: none. */
  readonly jitterMs?: () => number;
  /** When a link with a rate that stands still at this time goes on, which is this time if it does not. Default: it never does. */
  readonly goesOnMs?: (atMs: number) => number;
  /** Loses a packet that the queue would take. Default: none. */
  readonly isLost?: () => boolean;
}

/** What may leave at once after a silence, as `tc tbf burst 5kb`. */
const burstBytes = 5_120;

/** A token bucket with a queue that drops at its end, as slow links have one. */
export class SimulatedLink {
  options: SimulatedLinkOptions;
  /** When the link has sent all that it took. */
  #freeMs = Number.NEGATIVE_INFINITY;
  #newestArrivalMs = Number.NEGATIVE_INFINITY;

  constructor(options: SimulatedLinkOptions) {
    this.options = options;
  }

  /** When the packet arrives; undefined when it is lost. */
  arrivalMs(bytes: number, nowMs: number): number | undefined {
    const { rateBps, queueMs, delayMs, jitterMs, goesOnMs, isLost } = this.options;
    let leavesMs = nowMs;
    if (rateBps !== undefined) {
      const burstMs = (burstBytes * 8_000) / rateBps;
      const startMs = Math.max(this.#freeMs, nowMs - burstMs);
      const freeMs = (goesOnMs?.(startMs) ?? startMs) + (bytes * 8_000) / rateBps;
      if (freeMs - nowMs > queueMs) return undefined;
      this.#freeMs = freeMs;
      leavesMs = Math.max(nowMs, freeMs);
    }
    if (isLost?.()) return undefined;
    // Jitter does not change the order.
    this.#newestArrivalMs = Math.max(this.#newestArrivalMs, leavesMs + delayMs + (jitterMs?.() ?? 0));
    return this.#newestArrivalMs;
  }
}
