import { ordinaryPermissions, type StreamSource } from '@parley-rtc/contract';
import type { ConferenceSnapshot } from './conference-store.ts';
import { selectSelf } from './selectors.ts';

/** What we may do. The server makes the final decision. */
export interface Permissions {
  /** Whether our user created this conference. */
  readonly isCreator: boolean;
  /** May call `conference.end()`: the creator, agents, supervisors, services and moderators. */
  readonly canEnd: boolean;
  /** May call `Conference.create()`: everyone except holders of single-conference tokens, such as guests. */
  readonly canCreate: boolean;
  /** May create tickets for guests: agents, supervisors and services. */
  readonly canManageTickets: boolean;
  /** May call `sendEvent` of the API: services only. */
  readonly canSendEvents: boolean;
  /** What we may publish; a stream with camera and microphone needs both. Everything on a server without permissions. */
  readonly publishSources: readonly StreamSource[];
  /** May call `viewStream()`. True on a server without permissions. */
  readonly canView: boolean;
  /** May call `send()`. True on a server without permissions. */
  readonly canSend: boolean;
  /** May use `conference.moderation` and `conference.waitingRoom`. False on a server without permissions, which has neither. */
  readonly canModerate: boolean;
  /** May record the conference. False on a server without permissions. */
  readonly canRecord: boolean;
}

const staff = ['SERVICE', 'SUPERVISOR', 'AGENT'];
const known = new Map<string, Permissions>();

/**
 * Derives what we may do from our permissions in this conference, which moderators can change (`permissions-changed`), and
 * from the claims `authorities` (roles) and `conference_id` of our token. Keeps the last known permissions while we rejoin.
 * Returns the same object for equal permissions.
 */
export function selectPermissions(snapshot: ConferenceSnapshot): Permissions {
  const { claims, conference, permissions = ordinaryPermissions } = snapshot;
  const isCreator = conference.creator !== undefined && selectSelf(snapshot)?.userId === conference.creator;
  const authorities = Array.isArray(claims.authorities) ? claims.authorities.map(String) : [];
  const roles = new Set(authorities.map((authority) => authority.replace(/^ROLE_/, '')));
  const isAny = (allowed: readonly string[]) => allowed.some((role) => roles.has(role));
  const found = {
    isCreator,
    canEnd: isCreator || isAny(staff) || permissions.moderate,
    canCreate: claims.conference_id === undefined && isAny([...staff, 'USER']),
    canManageTickets: isAny(staff),
    canSendEvents: isAny(['SERVICE']),
    publishSources: permissions.publish,
    canView: permissions.view,
    canSend: permissions.send,
    canModerate: permissions.moderate,
    canRecord: permissions.record,
  };
  const key = Object.values(found).join();
  const selected = known.get(key) ?? found;
  known.set(key, selected);
  return selected;
}
