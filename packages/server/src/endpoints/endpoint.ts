import type { Authorization } from './authorization.ts';

/** Identifies an endpoint: ids are unique only within an organization, so that no other organization can take them. */
export interface EndpointId {
  readonly id: string;
  readonly organizationId: string;
}

/** A user with endpoints or parked requests. */
export interface Owner {
  readonly key: string;
  readonly endpoints: Set<Endpoint>;
  /** Number of this user's parked requests. A user who waits for a response is alive. */
  parkedRequests: number;
}

/** A registered endpoint. */
export interface Endpoint extends EndpointId {
  readonly key: string;
  readonly owner: Owner;
  /** Of a guest. */
  readonly conferenceKey: string | undefined;
  keepAliveMs: number;
  /** Number of the owner's parked requests for this endpoint alone. */
  parkedRequests: number;
  lastSeenMs: number;
  /** What its requests proved. After a restart, it may stay until it sends a sign of life. */
  authorization: Authorization;
  health: 'HEALTHY' | 'SICK';
  stopTimer: () => void;
}

/** Identifies an endpoint among those of all organizations. */
export function endpointKeyOf({ organizationId, id }: EndpointId): string {
  return JSON.stringify([organizationId, id]);
}
