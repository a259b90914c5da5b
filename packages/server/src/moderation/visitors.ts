import type { Records } from '../storage/records.ts';

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
 * Who was inside each conference, until it ends: a ban reaches also those who have left and unregistered their endpoint. Shared
 * between nodes, but not kept in a data folder; after a restart there, only those are known whose endpoint is still registered.
 */
export class Visitors {
  readonly #byConference = new Map<string, Map<string, Visitor>>();
  readonly #records: Records<Visitor> | undefined;
  readonly #onError: (error: unknown) => void;

  /** `onError` receives what cannot be stored in `records`. */
  constructor(records?: Records<Visitor>, onError: (error: unknown) => void = () => {}) {
    this.#records = records;
    this.#onError = onError;
    for (const [key, visitor] of records?.entries() ?? []) this.#take(key, visitor);
    records?.onChanged?.((key, visitor) => this.#take(key, visitor));
  }

  enter(conferenceId: string, endpointId: string, visitor: Visitor): void {
    this.#hold(conferenceId, endpointId, visitor);
    this.#records?.put(JSON.stringify([conferenceId, endpointId]), visitor).catch(this.#onError);
  }

  #take(key: string, visitor: Visitor | undefined): void {
    const [conferenceId = '', endpointId = ''] = JSON.parse(key) as readonly string[];
    if (visitor) this.#hold(conferenceId, endpointId, visitor);
    else this.#byConference.get(conferenceId)?.delete(endpointId);
  }

  #hold(conferenceId: string, endpointId: string, visitor: Visitor): void {
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
    for (const endpointId of this.#byConference.get(conferenceId)?.keys() ?? []) {
      this.#records?.delete(JSON.stringify([conferenceId, endpointId])).catch(this.#onError);
    }
    this.#byConference.delete(conferenceId);
  }

  /** Number of conferences with visitors. */
  get count(): number {
    return this.#byConference.size;
  }
}
