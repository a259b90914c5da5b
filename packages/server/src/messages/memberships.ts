import type { ConferenceEvent } from '@parley-rtc/contract';

/** An endpoint of a user, and whether it is in its conference. */
export interface Membership {
  readonly isInside: () => boolean;
  /** Ends the watching. */
  readonly close: () => void;
}

interface Watched {
  readonly userEndpointId: string;
  readonly userId: string;
  isInside: boolean;
}

/**
 * Watches who is in a conference. After the end, those count as inside who were until then: the state no longer says, and they
 * may read on.
 */
export class Memberships {
  readonly #watched = new Map<string, Set<Watched>>();

  /** Watches an endpoint that is inside, unless the state that is read afterwards says otherwise. */
  watch(conferenceId: string, { userEndpointId, userId }: Omit<Watched, 'isInside'>): Membership {
    const watched = { userEndpointId, userId, isInside: true };
    const all = this.#watched.get(conferenceId) ?? new Set();
    this.#watched.set(conferenceId, all.add(watched));
    return {
      isInside: () => watched.isInside,
      close: () => {
        all.delete(watched);
        if (all.size === 0 && this.#watched.get(conferenceId) === all) this.#watched.delete(conferenceId);
      },
    };
  }

  onEvent(event: ConferenceEvent): void {
    if (event.type !== 'ConferenceJoinedEvent' && event.type !== 'ConferenceLeftEvent') return;
    for (const watched of this.#watched.get(event.conferenceId) ?? []) {
      if (watched.userEndpointId !== event.userEndpointId) continue;
      // After it left, another user can register the endpoint.
      watched.isInside = event.type === 'ConferenceJoinedEvent' && event.userId === watched.userId;
    }
  }
}
