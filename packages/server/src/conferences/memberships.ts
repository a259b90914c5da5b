import type { ConferenceEvent } from '@parley-rtc/contract';

/** Which conferences each endpoint is in, derived from events. */
export class Memberships {
  readonly #conferencesOf = new Map<string, Set<string>>();

  /** Applies joins and leaves. `endpointIdsBefore` lists the participants before the events. */
  apply(events: readonly ConferenceEvent[], endpointIdsBefore: readonly string[]): void {
    for (const event of events) {
      if (event.type === 'ConferenceJoinedEvent') this.add(event.userEndpointId, event.conferenceId);
      if (event.type === 'ConferenceLeftEvent') this.#remove(event.userEndpointId, event.conferenceId);
      if (event.type === 'ConferenceEndedEvent') {
        for (const endpointId of endpointIdsBefore) this.#remove(endpointId, event.conferenceId);
      }
    }
  }

  /** Adds an endpoint that has already joined. */
  add(endpointId: string, conferenceId: string): void {
    const conferences = this.#conferencesOf.get(endpointId) ?? new Set();
    this.#conferencesOf.set(endpointId, conferences.add(conferenceId));
  }

  /** Ids of the conferences that this endpoint is in. */
  of(endpointId: string): readonly string[] {
    return [...(this.#conferencesOf.get(endpointId) ?? [])];
  }

  #remove(endpointId: string, conferenceId: string): void {
    const conferences = this.#conferencesOf.get(endpointId);
    conferences?.delete(conferenceId);
    if (conferences?.size === 0) this.#conferencesOf.delete(endpointId);
  }
}
