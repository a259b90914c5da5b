import type { Permissions, VerifiedProfile } from '@parley-rtc/contract';

/**
 * Something that only some roles may do, beyond what every member of an organization may. `auth/rights.ts` says which.
 */
export type Right =
  | 'create-conference'
  | 'list-conferences'
  | 'end-any-conference'
  | 'set-any-interaction'
  | 'send-event'
  | 'moderate'
  | 'record'
  | 'name-organization'
  | 'manage-tickets';

/** What vouches for a user id: a client's secret, a ticket, or an identity provider. Ids of two realms may be equal. */
export type Realm = 'client' | 'ticket' | 'external';

/** The sender of a request, as its access token identifies them. */
export interface Actor {
  readonly userId: string;
  readonly realm: Realm;
  readonly organizationId: string;
  readonly rights: ReadonlySet<Right>;
  /** When the token was issued, in milliseconds since 1970. */
  readonly tokenIssuedAtMs?: number;
  /** When the token expires, in milliseconds since 1970. */
  readonly tokenExpiresAtMs?: number;
  /** The one conference that a ticket holder may act in; absent for everyone else. */
  readonly conferenceId?: string;
  /** What the token permits in conferences, if it says so; otherwise, the rights decide. */
  readonly permissions?: Permissions;
  /** What the token's issuer says about the user. */
  readonly verified?: VerifiedProfile;
  /** The ticket holder's login; absent for everyone else. */
  readonly loginId?: string;
  /** The conference that the login belongs to, among all that have its id; absent until its holder has entered one. */
  readonly conferenceInstance?: string;
}

/** Identifies the actor's user among all users: ids are unique only within a realm of an organization. */
export function userKeyOf({
  organizationId,
  realm,
  userId,
}: Pick<Actor, 'organizationId' | 'realm' | 'userId'>): string {
  return JSON.stringify([organizationId, realm, userId]);
}
