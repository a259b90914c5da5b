import type { ConferenceSnapshot } from './conference-store.ts';
import { selectSelf } from './selectors.ts';

/** What our token permits. The server makes the final decision. */
export interface Permissions {
  /** Whether our user created this conference. */
  readonly isCreator: boolean;
  /** May call `conference.end()`: the creator, agents, supervisors and services. */
  readonly canEnd: boolean;
  /** May call `Conference.create()`: everyone except holders of single-conference tokens, such as guests. */
  readonly canCreate: boolean;
  /** May create tickets for guests: agents, supervisors and services. */
  readonly canManageTickets: boolean;
  /** May call `sendEvent` of the API: services only. */
  readonly canSendEvents: boolean;
}

const staff = ['SERVICE', 'SUPERVISOR', 'AGENT'];
const known = new Map<string, Permissions>();

/**
 * Derives our permissions from the claims `authorities` (roles) and `conference_id`, the only claims that grant rights in
 * the platform's tokens. Returns the same object for equal permissions.
 */
export function selectPermissions(snapshot: ConferenceSnapshot): Permissions {
  const { claims, conference } = snapshot;
  const isCreator = conference.creator !== undefined && selectSelf(snapshot)?.userId === conference.creator;
  const authorities = Array.isArray(claims.authorities) ? claims.authorities.map(String) : [];
  const roles = new Set(authorities.map((authority) => authority.replace(/^ROLE_/, '')));
  const isAny = (allowed: readonly string[]) => allowed.some((role) => roles.has(role));
  const found = {
    isCreator,
    canEnd: isCreator || isAny(staff),
    canCreate: claims.conference_id === undefined && isAny([...staff, 'USER']),
    canManageTickets: isAny(staff),
    canSendEvents: isAny(['SERVICE']),
  };
  const key = Object.values(found).join();
  const permissions = known.get(key) ?? found;
  known.set(key, permissions);
  return permissions;
}
