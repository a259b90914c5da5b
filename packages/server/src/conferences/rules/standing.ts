import type { Permissions } from '@parley-rtc/contract';

/** A moderator's decision to remove an endpoint. */
export interface Removal {
  readonly reason?: string;
}

/** What is known about a user in a conference, beyond what the user's token says: decisions of moderators, and endpoints. */
export interface Standing {
  /** What the user may do now; undefined unless somebody changed it. */
  readonly permissions: Permissions | undefined;
  readonly isBanned: boolean;
  /** Whether the user may enter although the conference is locked or has a waiting room: admitted, or inside before. */
  readonly mayReturn: boolean;
  /** The decision that removed the login that the user has now. */
  readonly loginRemoval: Removal | undefined;
  /** The decision that removed this endpoint, or the login. */
  readonly removalOf: (endpointId: string) => Removal | undefined;
  /** Whether an endpoint is the user's. An equal user id in its participant does not say so: ids of two realms may be equal. */
  readonly owns: (endpointId: string) => boolean;
}

/** The standing of a user about whom nobody has decided anything. */
export const noStanding: Standing = {
  permissions: undefined,
  isBanned: false,
  mayReturn: false,
  loginRemoval: undefined,
  removalOf: () => undefined,
  owns: () => false,
};
