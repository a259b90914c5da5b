import type { Permissions } from '@parley-rtc/contract';
import { userKeyOf, type Actor } from '../actor.ts';
import { noStanding, type Removal, type Standing } from '../conferences/rules/standing.ts';
import type { Records } from '../storage/records.ts';

/** What was decided about one user, or one endpoint, in a conference; as stored. */
export interface StoredDecision {
  readonly permissions?: Permissions;
  readonly isBanned?: boolean;
  readonly mayReturn?: boolean;
  readonly removal?: Removal;
  /** The login that a removal is about, too. */
  readonly loginId?: string;
}

/** Whom a decision is about. */
type Subject = 'user' | 'endpoint';

interface Decisions {
  /** By user key. */
  readonly users: Map<string, StoredDecision>;
  /** By endpoint id. */
  readonly endpoints: Map<string, StoredDecision>;
  readonly removedLogins: Map<string, Removal>;
}

/** What moderators decided about users and endpoints, by conference; it outlasts their leaving and a restart. */
export class Standings {
  readonly #records: Records<StoredDecision>;
  readonly #byConference = new Map<string, Decisions>();
  /** Keys of decisions that hold, but could not be stored. */
  readonly #unsaved = new Set<string>();

  constructor(records: Records<StoredDecision>) {
    this.#records = records;
    for (const [key, decision] of records.entries()) this.#take(key, decision);
    records.onChanged?.((key, decision) => this.#take(key, decision));
  }

  /** Calls `listener` with the conference of each ban that another node stored. */
  onBanHeard(listener: (conferenceId: string) => void): void {
    this.#records.onChanged?.((key, decision) => {
      const [conferenceId] = JSON.parse(key) as [string];
      if (decision?.isBanned) listener(conferenceId);
    });
  }

  /** What was decided about a user in a conference. */
  of(conferenceId: string, actor: Actor): Omit<Standing, 'owns'> {
    const decisions = this.#byConference.get(conferenceId);
    if (!decisions) return noStanding;
    const { users, endpoints, removedLogins } = decisions;
    const { permissions, isBanned = false, mayReturn = false } = users.get(userKeyOf(actor)) ?? {};
    const loginRemoval = removedLogins.get(actor.loginId ?? '');
    return {
      permissions,
      isBanned,
      mayReturn,
      loginRemoval,
      removalOf: (endpointId) => endpoints.get(endpointId)?.removal ?? loginRemoval,
    };
  }

  /** Whether a moderator removed this endpoint before. */
  isRemoved(conferenceId: string, endpointId: string): boolean {
    return this.#byConference.get(conferenceId)?.endpoints.has(endpointId) ?? false;
  }

  async setPermissions(conferenceId: string, userKey: string, permissions: Permissions): Promise<void> {
    await this.#change(conferenceId, 'user', userKey, { permissions });
  }

  async ban(conferenceId: string, userKey: string): Promise<void> {
    await this.#change(conferenceId, 'user', userKey, { isBanned: true, mayReturn: false });
  }

  /** Lets these users enter from now on, also while the conference is locked or has a waiting room. */
  async letReturn(conferenceId: string, userKeys: readonly string[]): Promise<void> {
    const users = this.#byConference.get(conferenceId)?.users;
    const others = userKeys.filter(
      (key) => users?.get(key)?.mayReturn !== true || this.#unsaved.has(keyOf(conferenceId, 'user', key)),
    );
    await Promise.all(others.map((key) => this.#change(conferenceId, 'user', key, { mayReturn: true })));
  }

  /** Keeps an endpoint, and the login that it used, out for good. With another one, its user has to be admitted again. */
  async remove(
    conferenceId: string,
    endpointId: string,
    removal: Removal,
    owner: { readonly userKey: string; readonly loginId: string | undefined } | undefined,
  ): Promise<void> {
    const { userKey, loginId } = owner ?? {};
    const decision = { removal, ...(loginId !== undefined && { loginId }) };
    await this.#change(conferenceId, 'endpoint', endpointId, decision);
    if (userKey !== undefined) await this.#change(conferenceId, 'user', userKey, { mayReturn: false });
  }

  /** Deletes all decisions of a conference. */
  async forget(conferenceId: string): Promise<void> {
    const { users, endpoints } = this.#byConference.get(conferenceId) ?? {
      users: new Map(),
      endpoints: new Map(),
    };
    const keys = [
      ...[...users.keys()].map((id) => keyOf(conferenceId, 'user', id)),
      ...[...endpoints.keys()].map((id) => keyOf(conferenceId, 'endpoint', id)),
    ];
    for (const key of keys) {
      await this.#records.delete(key);
      this.#unsaved.delete(key);
    }
    this.#byConference.delete(conferenceId);
  }

  async #change(conferenceId: string, subject: Subject, id: string, change: StoredDecision): Promise<void> {
    const known = this.#of(conferenceId)[subject === 'user' ? 'users' : 'endpoints'].get(id);
    const decision = { ...known, ...change };
    // In memory first: a full disk must not let somebody in.
    this.#hold(conferenceId, subject, id, decision);
    const key = keyOf(conferenceId, subject, id);
    this.#unsaved.add(key);
    await this.#records.put(key, decision);
    this.#unsaved.delete(key);
  }

  /** Applies a stored decision, or its deletion. */
  #take(key: string, decision: StoredDecision | undefined): void {
    const [conferenceId, subject, id] = JSON.parse(key) as [string, Subject, string];
    if (decision) this.#hold(conferenceId, subject, id, decision);
    // Only with the conference.
    else this.#byConference.delete(conferenceId);
  }

  #hold(conferenceId: string, subject: Subject, id: string, decision: StoredDecision): void {
    const { users, endpoints, removedLogins } = this.#of(conferenceId);
    (subject === 'user' ? users : endpoints).set(id, decision);
    const { loginId, removal } = decision;
    if (loginId !== undefined && removal) removedLogins.set(loginId, removal);
  }

  #of(conferenceId: string): Decisions {
    const decisions = this.#byConference.get(conferenceId) ?? {
      users: new Map(),
      endpoints: new Map(),
      removedLogins: new Map(),
    };
    this.#byConference.set(conferenceId, decisions);
    return decisions;
  }
}

function keyOf(conferenceId: string, subject: Subject, id: string): string {
  return JSON.stringify([conferenceId, subject, id]);
}
