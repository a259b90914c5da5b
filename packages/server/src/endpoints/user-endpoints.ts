import { userKeyOf, type Actor } from '../actor.ts';
import type { Clock } from '../clock.ts';
import { defaultLimits, type Limits } from '../limits/limits.ts';
import { requireWithin } from '../limits/require-within.ts';
import { RefusalError } from '../refusal.ts';
import type { Records } from '../storage/records.ts';
import { authorizedBefore, authorizedBy, authorizedForMs } from './authorization.ts';
import { healthAt, nextChangeMs } from './endpoint-health.ts';
import { endpointKeyOf, type Endpoint, type EndpointId } from './endpoint.ts';
import { GuestCounts } from './guest-counts.ts';
import { Owners } from './owners.ts';
import { seenElsewhereMs, SharedSigns, type EndpointSharing, type SignOfLife } from './shared-signs.ts';

/** What {@link UserEndpoints} needs. */
export interface UserEndpointsOptions {
  readonly clock: Clock;
  readonly newId: () => string;
  /** Where endpoints are stored, by organization and id. */
  readonly records: Records<StoredEndpoint | FormerEndpoint>;
  /** Called when an endpoint falls silent or comes back. */
  readonly onHealthChanged: (endpointId: string, health: 'HEALTHY' | 'SICK', organizationId: string) => void;
  /** Called when an endpoint is dropped, with the reason for participants. */
  readonly onDropped: (endpointId: string, organizationId: string, reason: DropReason) => void;
  /** Receives errors that no caller waits for. */
  readonly onError: (error: unknown) => void;
  /** Default {@link defaultLimits}. */
  readonly limits?: Limits;
  /** Connects this process with others that serve the same endpoints; absent without others. */
  readonly sharing?: EndpointSharing | undefined;
}

/** Why the server drops an endpoint. */
export type DropReason = 'Missed keep-alives' | 'Token expired' | 'Access revoked';

/** An endpoint as stored. Its health is not stored: after a restart every endpoint gets time to send a sign of life. */
interface StoredEndpoint extends EndpointId {
  readonly ownerKey: string;
  readonly keepAliveMs: number;
  /** The one conference that a ticket holder may enter; absent for everyone else. */
  readonly conferenceId?: string;
  /** The login that registered it, if its user has one. */
  readonly loginId?: string;
}

/** An endpoint as an older server stored it, whose owner is unknown: several users may have had that id. */
interface FormerEndpoint {
  readonly ownerKey: string;
  readonly keepAliveMs: number;
}

/**
 * No login lives longer, so nobody could send a later keep-alive. Without a limit, an endpoint that its client gave up
 * would occupy its place in a conference for years.
 */
const longestKeepAliveMs = 24 * 60 * 60_000;

/** Tracks users' endpoints, their owners and their health (docs/server/platform.md, User endpoints). */
export class UserEndpoints {
  readonly #options: UserEndpointsOptions;
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #owners = new Owners();
  readonly #guestCounts = new GuestCounts();
  readonly #signs: SharedSigns | undefined;

  constructor(options: UserEndpointsOptions) {
    this.#options = options;
    const { sharing, records } = options;
    if (!sharing) return;
    this.#signs = new SharedSigns(sharing, (sign) => this.#seeElsewhere(sign));
    records.onChanged?.((key, stored) => this.#takeFromElsewhere(key, stored));
    sharing.onContact(() => {
      for (const endpoint of this.#endpoints.values()) this.#trust(endpoint);
    });
  }

  /**
   * Restores the stored endpoints, as if each had just sent a sign of life. One that `isSick` stays sick until it really
   * does.
   */
  restore(isSick: (endpoint: EndpointId) => boolean): void {
    const { records, onError } = this.#options;
    for (const [key, stored] of records.entries()) {
      if ('organizationId' in stored) this.#add(stored, isSick(stored) ? 'SICK' : 'HEALTHY');
      else records.delete(key).catch(onError);
    }
  }

  /** Whether the endpoint is registered, by whomever. */
  has(endpoint: EndpointId): boolean {
    return this.#endpoints.has(endpointKeyOf(endpoint));
  }

  /** The health of a registered endpoint; undefined for any other. */
  healthOf(endpoint: EndpointId): 'HEALTHY' | 'SICK' | undefined {
    return this.#endpoints.get(endpointKeyOf(endpoint))?.health;
  }

  /** Whether the endpoint is registered and the actor's. */
  owns(actor: Actor, id: string): boolean {
    return this.#find(actor, id)?.owner.key === userKeyOf(actor);
  }

  /** How many endpoints are registered. */
  get count(): number {
    return this.#endpoints.size;
  }

  /** How many users have an endpoint or a parked request. */
  get userCount(): number {
    return this.#owners.size;
  }

  /** Registers a new endpoint, or one of the caller's again, and returns its id. */
  register(
    actor: Actor,
    request: { readonly userEndpointId?: string; readonly keepAliveSeconds: number },
  ): string {
    const { newId, limits = defaultLimits, records, onError } = this.#options;
    const { organizationId, conferenceId } = actor;
    const id = request.userEndpointId ?? newId();
    const keepAliveMs = Math.min(request.keepAliveSeconds * 1000, longestKeepAliveMs);
    const stored: StoredEndpoint = {
      id,
      organizationId,
      ownerKey: userKeyOf(actor),
      keepAliveMs,
      ...(conferenceId !== undefined && { conferenceId }),
      ...(actor.loginId !== undefined && { loginId: actor.loginId }),
    };
    const former = this.#find(actor, id);
    if (former) {
      requireOwner(actor, former);
      former.keepAliveMs = keepAliveMs;
      this.#touch(former, actor);
      this.#watch(former);
    } else {
      const inUse = this.#owners.find(stored.ownerKey)?.endpoints.size ?? 0;
      requireWithin(limits, 'endpointsPerUser', inUse + 1);
      this.#guestCounts.requireRoom(conferenceKeyOf(stored), limits);
      const added = this.#add(stored, 'HEALTHY', actor);
      this.#signs?.tell(added);
    }
    // Not awaited: a client whose endpoint is lost in a power cut gets 404 and registers again.
    records.put(endpointKeyOf(stored), stored).catch(onError);
    return id;
  }

  /** Refuses with `not_found` or `forbidden` unless the endpoint is the actor's. Counts as a sign of life. */
  requireOwn(actor: Actor, endpointId: string): void {
    this.#touch(this.#require(actor, endpointId), actor);
  }

  /** Drops an endpoint at its owner's request. */
  unregister(actor: Actor, endpointId: string): void {
    this.#forget(this.#require(actor, endpointId));
  }

  /** The user who has an endpoint, and the login of its newest request; undefined if it is not registered. */
  ownerOf(
    endpoint: EndpointId,
  ): { readonly userKey: string; readonly loginId: string | undefined } | undefined {
    const found = this.#endpoints.get(endpointKeyOf(endpoint));
    return found && { userKey: found.owner.key, loginId: found.authorization.loginId };
  }

  /** Drops all endpoints of a user whose access was revoked. */
  dropAllOf(userKey: string): void {
    for (const endpoint of this.#owners.find(userKey)?.endpoints ?? []) {
      this.#drop(endpoint, 'Access revoked');
    }
  }

  /**
   * Keeps one endpoint of the actor alive, or all of them if none is named, until the returned function is called.
   * Does nothing for an endpoint that is not registered. Refuses with `forbidden` if it is another user's.
   */
  holdAlive(actor: Actor, endpointId?: string): () => void {
    if (endpointId !== undefined) return this.#holdOneAlive(actor, endpointId);
    const owner = this.#owners.of(userKeyOf(actor));
    owner.parkedRequests += 1;
    for (const endpoint of owner.endpoints) {
      // Another device of the user may have another login, which a moderator may end.
      const { loginId } = endpoint.authorization;
      this.#touch(endpoint, loginId === undefined ? actor : { ...actor, loginId });
    }
    return () => {
      owner.parkedRequests -= 1;
      for (const endpoint of owner.endpoints) this.#touch(endpoint);
      this.#owners.forgetIdle(owner);
    };
  }

  #holdOneAlive(actor: Actor, endpointId: string): () => void {
    const endpoint = this.#find(actor, endpointId);
    if (!endpoint) return () => {};
    requireOwner(actor, endpoint);
    endpoint.parkedRequests += 1;
    this.#touch(endpoint, actor);
    return () => {
      endpoint.parkedRequests -= 1;
      if (this.#endpoints.get(endpoint.key) === endpoint) this.#touch(endpoint);
    };
  }

  /** Stops all timers; for shutdown. */
  close(): void {
    for (const { stopTimer } of this.#endpoints.values()) stopTimer();
    this.#endpoints.clear();
    this.#owners.clear();
  }

  #find({ organizationId }: Actor, id: string): Endpoint | undefined {
    return this.#endpoints.get(endpointKeyOf({ organizationId, id }));
  }

  #require(actor: Actor, endpointId: string): Endpoint {
    const endpoint = this.#find(actor, endpointId);
    if (!endpoint) {
      throw new RefusalError(
        'not_found',
        `Endpoint "${endpointId}" is not registered, or missed its keep-alives. Register and join again.`,
      );
    }
    requireOwner(actor, endpoint);
    return endpoint;
  }

  #add(stored: StoredEndpoint, health: Endpoint['health'], actor?: Actor): Endpoint {
    const { id, organizationId, ownerKey, keepAliveMs } = stored;
    const lastSeenMs = this.#options.clock.elapsedMs();
    const owner = this.#owners.of(ownerKey);
    const endpoint: Endpoint = {
      id,
      organizationId,
      key: endpointKeyOf({ organizationId, id }),
      owner,
      conferenceKey: conferenceKeyOf(stored),
      // An older server stored longer ones.
      keepAliveMs: Math.min(keepAliveMs, longestKeepAliveMs),
      parkedRequests: 0,
      lastSeenMs,
      authorization: actor ? authorizedBy(actor, this.#options.clock) : authorizedBefore(stored.loginId),
      health,
      stopTimer: () => {},
    };
    this.#endpoints.set(endpoint.key, endpoint);
    owner.endpoints.add(endpoint);
    this.#guestCounts.count(endpoint.conferenceKey, 1);
    this.#watch(endpoint);
    return endpoint;
  }

  #drop(endpoint: Endpoint, reason: DropReason): void {
    this.#forget(endpoint);
    this.#options.onDropped(endpoint.id, endpoint.organizationId, reason);
  }

  #remove(endpoint: Endpoint): void {
    endpoint.stopTimer();
    this.#endpoints.delete(endpoint.key);
    endpoint.owner.endpoints.delete(endpoint);
    this.#guestCounts.count(endpoint.conferenceKey, -1);
    this.#owners.forgetIdle(endpoint.owner);
  }

  #forget(endpoint: Endpoint): void {
    this.#remove(endpoint);
    this.#options.records.delete(endpoint.key).catch(this.#options.onError);
  }

  #touch(endpoint: Endpoint, actor?: Actor): void {
    if (actor) this.#authorize(endpoint, actor);
    endpoint.lastSeenMs = this.#options.clock.elapsedMs();
    this.#signs?.tell(endpoint);
    this.#recover(endpoint);
  }

  #recover(endpoint: Endpoint): void {
    if (endpoint.health === 'HEALTHY') return;
    endpoint.health = 'HEALTHY';
    this.#watch(endpoint);
    this.#options.onHealthChanged(endpoint.id, 'HEALTHY', endpoint.organizationId);
  }

  /** Another node saw the endpoint. */
  #seeElsewhere({ key, ...authorization }: SignOfLife): void {
    const endpoint = this.#endpoints.get(key);
    if (!endpoint) return;
    const { clock } = this.#options;
    endpoint.authorization = authorizedBy(authorization, clock, endpoint.authorization);
    endpoint.lastSeenMs = Math.max(endpoint.lastSeenMs, seenElsewhereMs(endpoint, clock.elapsedMs()));
    this.#watch(endpoint);
    this.#recover(endpoint);
  }

  /** Another node registered an endpoint, or dropped it and records that. */
  #takeFromElsewhere(key: string, stored: StoredEndpoint | FormerEndpoint | undefined): void {
    const known = this.#endpoints.get(key);
    if (known && !stored) this.#remove(known);
    if (!stored || !('organizationId' in stored)) return;
    const endpoint = known ?? this.#add(stored, 'HEALTHY');
    endpoint.keepAliveMs = stored.keepAliveMs;
    this.#trust(endpoint);
  }

  /** Gives an endpoint the full time to send a sign of life: it may have sent some that this node did not see. */
  #trust(endpoint: Endpoint): void {
    const nowMs = this.#options.clock.elapsedMs();
    endpoint.lastSeenMs = Math.max(endpoint.lastSeenMs, seenElsewhereMs(endpoint, nowMs));
    this.#watch(endpoint);
  }

  /** Watches again: its timer may be that of a token that expires earlier. */
  #authorize(endpoint: Endpoint, actor: Actor): void {
    const former = endpoint.authorization;
    endpoint.authorization = authorizedBy(actor, this.#options.clock, former);
    if (endpoint.authorization.untilMs !== former.untilMs) this.#watch(endpoint);
  }

  /** One timer per endpoint, for the next possible change of health; signs of life only update a number. */
  #watch(endpoint: Endpoint): void {
    const { clock } = this.#options;
    endpoint.stopTimer();
    endpoint.stopTimer = clock.setTimer(
      () => {
        this.#check(endpoint);
      },
      Math.min(
        nextChangeMs(endpoint, clock.elapsedMs()),
        Math.max(1, authorizedForMs(endpoint.authorization, clock.elapsedMs())),
      ),
    );
  }

  #check(endpoint: Endpoint): void {
    const { clock, onHealthChanged, sharing } = this.#options;
    if (sharing?.canJudgeSilence() === false) {
      this.#trust(endpoint);
      return;
    }
    if (authorizedForMs(endpoint.authorization, clock.elapsedMs()) <= 0) {
      this.#drop(endpoint, 'Token expired');
      return;
    }
    if (endpoint.owner.parkedRequests + endpoint.parkedRequests > 0) this.#touch(endpoint);
    const health = healthAt(endpoint, clock.elapsedMs());
    if (health === 'GONE') {
      this.#drop(endpoint, 'Missed keep-alives');
      return;
    }
    this.#watch(endpoint);
    if (health === endpoint.health) return;
    endpoint.health = health;
    onHealthChanged(endpoint.id, health, endpoint.organizationId);
  }
}

function requireOwner(actor: Actor, endpoint: Endpoint): void {
  if (userKeyOf(actor) !== endpoint.owner.key) {
    throw new RefusalError('forbidden', 'This endpoint belongs to another user. Register your own.');
  }
}

function conferenceKeyOf({ organizationId, conferenceId }: StoredEndpoint): string | undefined {
  return conferenceId === undefined ? undefined : JSON.stringify([organizationId, conferenceId]);
}
