interface MissingPacket {
  readonly extendedNumber: number;
  readonly missingSinceMs: number;
  lastRequestMs: number;
  requests: number;
}

/** libwebrtc asks again after one round trip, and takes 100 ms for one it does not know. */
const longestRetryMs = 100;
/** Two turns of the router: repairs of a burst take some time even on a short way. */
const shortestRetryMs = 40;
/** How much a new round trip counts against those before it (RFC 6298, section 2). */
const newestWeight = 1 / 8;
const maxRequests = 10;
const giveUpAfterMs = 1_000;
/** More holes than this are no loss that repair can mend: a key frame is cheaper. */
const maxMissing = 300;

/** What {@link NackGenerator.due} asks for. */
export interface NackWork {
  /** Extended numbers to request now. */
  readonly request: readonly number[];
  /** Whether packets were given up, so that only a key frame helps. */
  readonly gaveUp: boolean;
}

/**
 * Remembers which packets of one stream are missing and when to ask for them (again). Knows no packets and sends none.
 * The first request waits for the next call of {@link due}, which forgives reordering of a few milliseconds.
 */
export class NackGenerator {
  readonly #missing = new Map<number, MissingPacket>();
  #roundTripMs: number | undefined;
  #overflowed = false;

  /** Marks the numbers from `first` up to and without `end` as missing. */
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

  /** Forgets a packet that came after all. One that was asked for once tells how long a repair takes. */
  arrived(extendedNumber: number, nowMs: number): void {
    const missing = this.#missing.get(extendedNumber);
    if (!missing) return;
    this.#missing.delete(extendedNumber);
    // Of more requests nobody knows which one was answered (Karn's algorithm).
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

  /** Takes the requests that are due now; each counts as sent. */
  due(nowMs: number): NackWork {
    const request: number[] = [];
    const retryAfterMs = this.#retryAfterMs();
    let gaveUp = this.#overflowed;
    this.#overflowed = false;
    for (const missing of this.#missing.values()) {
      if (nowMs - missing.lastRequestMs < retryAfterMs) continue;
      if (missing.requests >= maxRequests || nowMs - missing.missingSinceMs > giveUpAfterMs) {
        this.#missing.delete(missing.extendedNumber);
        gaveUp = true;
        continue;
      }
      missing.lastRequestMs = nowMs;
      missing.requests += 1;
      request.push(missing.extendedNumber);
    }
    return { request, gaveUp };
  }
  /** Half a round trip more than usual, so that repairs on their way are not asked for again. */
  #retryAfterMs(): number {
    if (this.#roundTripMs === undefined) return longestRetryMs;
    return Math.min(longestRetryMs, Math.max(shortestRetryMs, 1.5 * this.#roundTripMs));
  }
}
