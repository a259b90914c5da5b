interface MissingPacket {
  readonly extendedNumber: number;
  readonly missingSinceMs: number;
  lastRequestMs: number;
  requests: number;
}

/** libwebrtc retries after one round trip, and assumes 100 ms for an unknown one. */
const longestRetryMs = 100;
/** Two ticks of the router: repairs of a burst take some time even on a short path. */
const shortestRetryMs = 40;
/** Weight of a new round-trip time (RFC 6298, section 2). */
const newestWeight = 1 / 8;
const maxRequests = 10;
const abandonAfterMs = 1_000;
/** More missing packets than this are not worth repairing: a key frame is cheaper. */
const maxMissing = 300;

/** The result of {@link NackGenerator.due}. */
export interface NackWork {
  /** Extended numbers to request now. */
  readonly request: readonly number[];
  /** Whether packets were abandoned, so that only a key frame helps. */
  readonly hasAbandoned: boolean;
}

/**
 * Tracks which packets of one stream are missing and when to request them, also again. Does not handle or send
 * packets. The first request waits for the next call of {@link due}, which tolerates reordering by a few milliseconds.
 */
export class NackGenerator {
  readonly #missing = new Map<number, MissingPacket>();
  #roundTripMs: number | undefined;
  #overflowed = false;

  /** Marks the numbers from `first` to before `end` as missing. */
  addMissing(first: number, end: number, nowMs: number): void {
    if (end - first + this.#missing.size > maxMissing) {
      this.#missing.clear();
      this.#overflowed = true;
      return;
    }
    for (let number = first; number < end; number += 1) {
      this.#missing.set(number, {
        extendedNumber: number,
        missingSinceMs: nowMs,
        lastRequestMs: Number.NEGATIVE_INFINITY,
        requests: 0,
      });
    }
  }

  /**
   * Removes a packet that arrived after all. If it was requested once, its delay measures the round trip of a repair.
   */
  arrived(extendedNumber: number, nowMs: number): void {
    const missing = this.#missing.get(extendedNumber);
    if (!missing) return;
    this.#missing.delete(extendedNumber);
    // After several requests it is unknown which one was answered (Karn's algorithm).
    if (missing.requests !== 1) return;
    const newestMs = nowMs - missing.lastRequestMs;
    this.#roundTripMs =
      this.#roundTripMs === undefined
        ? newestMs
        : this.#roundTripMs + newestWeight * (newestMs - this.#roundTripMs);
  }

  clear(): void {
    this.#missing.clear();
  }

  /** Returns the requests that are due now and counts them as sent. */
  due(nowMs: number): NackWork {
    const request: number[] = [];
    const retryAfterMs = this.#retryAfterMs();
    let hasAbandoned = this.#overflowed;
    this.#overflowed = false;
    for (const missing of this.#missing.values()) {
      if (nowMs - missing.lastRequestMs < retryAfterMs) continue;
      if (missing.requests >= maxRequests || nowMs - missing.missingSinceMs > abandonAfterMs) {
        this.#missing.delete(missing.extendedNumber);
        hasAbandoned = true;
        continue;
      }
      missing.lastRequestMs = nowMs;
      missing.requests += 1;
      request.push(missing.extendedNumber);
    }
    return { request, hasAbandoned };
  }
  /** Half a round trip more than usual, so that repairs on their way are not requested again. */
  #retryAfterMs(): number {
    if (this.#roundTripMs === undefined) return longestRetryMs;
    return Math.min(longestRetryMs, Math.max(shortestRetryMs, 1.5 * this.#roundTripMs));
  }
}
