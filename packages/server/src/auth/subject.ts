import type { Permissions, VerifiedProfile } from '@parley-rtc/contract';
import type { Realm } from '../actor.ts';

/** The user or client that a token identifies. */
export interface Subject {
  readonly userId: string;
  readonly organizationId: string;
  readonly authorities: readonly string[];
  readonly clientId: string;
  /** Set for ticket holders: the one conference they may act in. */
  readonly conferenceId?: string;
  /** What a ticket permits, if it says so. */
  readonly permissions?: Permissions;
  /** What the creator of a ticket says about its holder. */
  readonly verified?: VerifiedProfile;
}

/** What vouches for a subject of the server's own tokens: only tickets restrict their holder to a conference. */
export function realmOf({ conferenceId }: Pick<Subject, 'conferenceId'>): Realm {
  return conferenceId === undefined ? 'client' : 'ticket';
}
