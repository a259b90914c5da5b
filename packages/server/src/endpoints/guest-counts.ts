import type { Limits } from '../limits/limits.ts';
import { Tally } from '../limits/tally.ts';
import { RefusalError } from '../refusal.ts';

/** Endpoints for each seat of a conference: those of reloaded pages remain for a while. */
const endpointsPerSeat = 10;

/**
 * How many endpoints the guests of each conference have. Each login with a ticket is another user, so limits for each
 * user alone would let one ticket register millions of endpoints.
 */
export class GuestCounts {
  readonly #counts = new Tally();

  /** Refuses with `limit_exceeded` another endpoint above the limit; accepts those of users without a ticket. */
  requireRoom(conferenceKey: string | undefined, { participantsPerConference }: Limits): void {
    const most = endpointsPerSeat * participantsPerConference;
    if (conferenceKey === undefined || this.#counts.of(conferenceKey) < most) return;
    throw new RefusalError(
      'limit_exceeded',
      `The limit is ${most} registered endpoints of all guests of a conference. Unregister some first.`,
    );
  }

  count(conferenceKey: string | undefined, change: 1 | -1): void {
    if (conferenceKey !== undefined) this.#counts.change(conferenceKey, change);
  }
}
