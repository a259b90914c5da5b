import type { ConferenceSnapshot } from './conference-store.ts';
import { selectSelf } from './selectors.ts';

/** What we may do, as our token says it. The server has the last word. */
export interface Permissions {
  /** Whether our user made this conference. */
  readonly isCreator: boolean;
  /** `conference.end()`: its creator, agents, supervisors and services. */
  readonly canEnd: boolean;
  /** `Conference.create()`: everybody but whose token is good for one conference only, as a guest's is. */
  readonly canCreate: boolean;
  /** Make tickets for guests: agents, supervisors and services. */
  readonly canManageTickets: boolean;
  /** `sendEvent` of the API: services. */
  readonly canSendEvents: boolean;
}

const staff = ['SERVICE', 'SUPERVISOR', 'AGENT'];
const known = new Map<string, Permissions>();

/**
 * What we may do, by the roles in the claim `authorities` and by `conference_id`: the platform's tokens name rights by no
 * other claim. The same object back as long as it is the same.
 */
export function selectPermissions(snapshot: ConferenceSnapshot): Permissions {
  const { claims, conference } = snapshot;
  const isCreator = conference.creator !== undefined && selectSelf(snapshot)?.userId === conference.creator;
  const authorities = Array.isArray(claims.authorities) ? claims.authorities.map(String) : [];
  const roles = new Set(authorities.map((authority) => authority.replace(/^ROLE_/, '')));
  const isAny = (wanted: readonly string[]) => wanted.some((role) => roles.has(role));
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
