/** The properties of a simulated link. */
export interface SimulatedLinkOptions {
  /** Bits per second; undefined for no limit. */
  readonly rateBps: number | undefined;
  /** Longest queue of the link, in milliseconds; packets beyond it are dropped. */
  readonly queueMs: number;
  /** Propagation delay of every packet. */
  readonly delayMs: number;
  /** Adds jitter to each packet. Default: none. */
  readonly jitterMs?: () => number;
  /** When a limited link that stalls at this time resumes; this time if it does not stall. Default: never stalls. */
  readonly resumesMs?: (atMs: number) => number;
  /** Drops a packet that the queue would accept. Default: none. */
  readonly isLost?: () => boolean;
}

/** Burst allowed after silence, as in `tc tbf burst 5kb`. */
const burstBytes = 5_120;

/** A token bucket with a tail-drop queue, as slow links have one. */
export class SimulatedLink {
  options: SimulatedLinkOptions;
  /** When the link will have sent everything in its queue. */
  #freeMs = Number.NEGATIVE_INFINITY;
  #newestArrivalMs = Number.NEGATIVE_INFINITY;

  constructor(options: SimulatedLinkOptions) {
    this.options = options;
  }

  /** When the packet arrives; undefined if it is lost. */
  arrivalMs(bytes: number, nowMs: number): number | undefined {
    const { rateBps, queueMs, delayMs, jitterMs, resumesMs, isLost } = this.options;
    let leavesMs = nowMs;
    if (rateBps !== undefined) {
      const burstMs = (burstBytes * 8_000) / rateBps;
      const startMs = Math.max(this.#freeMs, nowMs - burstMs);
      const freeMs = (resumesMs?.(startMs) ?? startMs) + (bytes * 8_000) / rateBps;
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
