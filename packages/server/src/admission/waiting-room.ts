import type { EntryDecision, VerifiedProfile, WaitingEntry } from '@parley-rtc/contract';

/** Someone's place in a waiting room, as stored. */
export interface StoredPlace {
  readonly userEndpointId: string;
  readonly userId: string;
  readonly userKey: string;
  readonly name?: string;
  readonly verified?: VerifiedProfile;
  readonly sinceMs: number;
}

/** What became of a place. */
export interface Outcome {
  readonly state: EntryDecision | 'EXPIRED';
  readonly message?: string;
}

/** A place, occupied or decided. */
export interface Place {
  readonly stored: StoredPlace;
  /** Number of its parked requests. */
  parkedRequests: number;
  /** When it last asked, or was decided about, by a monotonic clock. */
  lastSeenMs: number;
  outcome: Outcome | undefined;
  /** When the wait ends without a decision, by a monotonic clock: one that is set back must not lengthen it. */
  readonly untilMs: number;
}

/** Whoever does not ask again for this long gives up the place. Requests are parked for 20 seconds. */
const silenceMs = 30_000;

/** How long an outcome is remembered, for those who ask late and for moderators who decide at the same time. */
const outcomeMs = 60_000;

/** The places in the waiting room of one conference, by endpoint. */
export class WaitingRoom {
  readonly #places = new Map<string, Place>();

  find(endpointId: string): Place | undefined {
    return this.#places.get(endpointId);
  }

  /** Those who wait, in the order in which they came. */
  waiting(): readonly Place[] {
    return [...this.#places.values()]
      .filter(({ outcome }) => !outcome)
      .toSorted((a, b) => a.stored.sinceMs - b.stored.sinceMs);
  }

  /** Takes a place for at most this long; the former one of that endpoint is gone. */
  take(stored: StoredPlace, nowElapsedMs: number, waitMs: number): Place {
    const place: Place = {
      stored,
      parkedRequests: 0,
      lastSeenMs: nowElapsedMs,
      outcome: undefined,
      untilMs: nowElapsedMs + waitMs,
    };
    this.#places.set(stored.userEndpointId, place);
    return place;
  }

  remove(endpointId: string): void {
    this.#places.delete(endpointId);
  }

  /** Decides about a place that waits. The first decision counts: returns that of the place. */
  decide(place: Place, outcome: Outcome, nowElapsedMs: number): Outcome {
    if (place.outcome) return place.outcome;
    place.outcome = outcome;
    place.lastSeenMs = nowElapsedMs;
    return outcome;
  }

  /** Notes that its owner asks. It does not prolong how long an outcome is remembered. */
  see(place: Place, nowElapsedMs: number): void {
    if (!place.outcome) place.lastSeenMs = nowElapsedMs;
  }

  /** Drops silent places and old outcomes, and decides about those who waited too long. Returns the places that changed. */
  sweep(nowElapsedMs: number): readonly Place[] {
    const changed: Place[] = [];
    for (const [endpointId, place] of this.#places) {
      const isSilent = place.parkedRequests === 0 && nowElapsedMs - place.lastSeenMs > silenceMs;
      if (place.outcome) {
        if (nowElapsedMs - place.lastSeenMs > outcomeMs) this.#places.delete(endpointId);
      } else if (isSilent) {
        this.#places.delete(endpointId);
        changed.push(place);
      } else if (nowElapsedMs > place.untilMs) {
        this.decide(place, { state: 'EXPIRED' }, nowElapsedMs);
        changed.push(place);
      }
    }
    return changed;
  }

  get isEmpty(): boolean {
    return this.#places.size === 0;
  }
}

/** A place as moderators see it. */
export function entryOf({ stored }: Place): WaitingEntry {
  const { userEndpointId, userId, name, verified, sinceMs } = stored;
  return {
    userEndpointId,
    userId,
    ...(name !== undefined && { name }),
    ...(verified && { verified }),
    waitingSince: new Date(sinceMs).toISOString(),
  };
}
