/** Who an endpoint inside a conference belonged to. */
export interface Visitor {
  readonly userKey: string;
  readonly loginId: string | undefined;
  /** The ticket of the login, which may have ended since. */
  readonly ticketId: string | undefined;
}

/** Per conference; beyond, the first are forgotten. */
const maxVisitors = 10_000;

/**
 * Who was inside each conference, until it ends: a ban reaches also those who have left and unregistered their endpoint. Held in
 * memory alone; after a restart, only those are known whose endpoint is still registered.
 */
export class Visitors {
  readonly #byConference = new Map<string, Map<string, Visitor>>();

  enter(conferenceId: string, endpointId: string, visitor: Visitor): void {
    const visitors = this.#byConference.get(conferenceId) ?? new Map<string, Visitor>();
    this.#byConference.set(conferenceId, visitors);
    // The newest last.
    visitors.delete(endpointId);
    visitors.set(endpointId, visitor);
    const [oldest] = visitors.keys();
    if (visitors.size > maxVisitors && oldest !== undefined) visitors.delete(oldest);
  }

  find(conferenceId: string, endpointId: string): Visitor | undefined {
    return this.#byConference.get(conferenceId)?.get(endpointId);
  }

  forget(conferenceId: string): void {
    this.#byConference.delete(conferenceId);
  }

  /** Number of conferences with visitors. */
  get count(): number {
    return this.#byConference.size;
  }
}
