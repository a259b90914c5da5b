import type { ConferenceEvent } from '@parley-rtc/contract';

/** Which conferences an endpoint is in, kept by listening to the events. */
export class Memberships {
  readonly #conferencesOf = new Map<string, Set<string>>();

  /** Takes note of joins and leaves. `endpointIdsBefore` are those inside before the events. */
  note(events: readonly ConferenceEvent[], endpointIdsBefore: readonly string[]): void {
    for (const event of events) {
      if (event.type === 'ConferenceJoinedEvent') this.add(event.userEndpointId, event.conferenceId);
      if (event.type === 'ConferenceLeftEvent') this.#remove(event.userEndpointId, event.conferenceId);
      if (event.type === 'ConferenceEndedEvent') {
        for (const endpointId of endpointIdsBefore) this.#remove(endpointId, event.conferenceId);
      }
    }
  }

  /** Takes note of an endpoint that is inside already. */
  add(endpointId: string, conferenceId: string): void {
    const conferences = this.#conferencesOf.get(endpointId) ?? new Set();
    this.#conferencesOf.set(endpointId, conferences.add(conferenceId));
  }

  /** Ids of the conferences this endpoint is in. */
  of(endpointId: string): readonly string[] {
    return [...(this.#conferencesOf.get(endpointId) ?? [])];
  }

  #remove(endpointId: string, conferenceId: string): void {
    const conferences = this.#conferencesOf.get(endpointId);
    conferences?.delete(conferenceId);
    if (conferences?.size === 0) this.#conferencesOf.delete(endpointId);
  }
}
