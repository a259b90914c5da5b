import type { Actor } from '../actor.ts';
import type { Clock } from '../clock.ts';
import { defaultLimits, type Limits } from '../limits/limits.ts';
import { requireWithin } from '../limits/require-within.ts';
import { RefusalError } from '../refusal.ts';
import type { Records } from '../storage/records.ts';
import { healthAt, nextChangeMs } from './endpoint-health.ts';

/** What {@link UserEndpoints} needs. */
export interface UserEndpointsOptions {
  readonly clock: Clock;
  readonly newId: () => string;
  /** Where endpoints are kept, by their id. */
  readonly records: Records<StoredEndpoint>;
  /** Told when an endpoint fell silent or is back. */
  readonly onHealthChanged: (endpointId: string, health: 'HEALTHY' | 'SICK') => void;
  /** Told when an endpoint was silent for too long and is forgotten. */
  readonly onSilent: (endpointId: string) => void;
  /** Told what failed where no caller waits for an answer. */
  readonly onError: (error: unknown) => void;
  /** Default {@link defaultLimits}. */
  readonly limits?: Limits;
}

/** An endpoint as it is kept. Its health is not: a restart gives everybody time to be heard again. */
export interface StoredEndpoint {
  readonly ownerKey: string;
  readonly keepAliveMs: number;
}

interface Owner {
  readonly key: string;
  readonly endpoints: Set<Endpoint>;
  /** How many requests of this user are parked. Somebody who waits for an answer is alive. */
  parkedRequests: number;
}

interface Endpoint {
  readonly id: string;
  readonly owner: Owner;
  keepAliveMs: number;
  /** How many of the owner's requests are parked in its name alone. */
  parkedRequests: number;
  lastSeenMs: number;
  health: 'HEALTHY' | 'SICK';
  stopTimer: () => void;
}

/** The sessions of users (tabs, phones), who owns them and whether they are alive (reference 2.1). */
export class UserEndpoints {
  readonly #options: UserEndpointsOptions;
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #owners = new Map<string, Owner>();

  constructor(options: UserEndpointsOptions) {
    this.#options = options;
  }

  /**
   * Takes up the endpoints that are kept, as if all had been heard of right now, and returns their ids. One that
   * `isSick` stays so until it is really heard of.
   */
  restore(isSick: (endpointId: string) => boolean): ReadonlySet<string> {
    for (const [id, { ownerKey: key, keepAliveMs }] of this.#options.records.entries()) {
      this.#add(id, key, keepAliveMs, isSick(id) ? 'SICK' : 'HEALTHY');
    }
    return new Set(this.#endpoints.keys());
  }

  /** Registers an endpoint, or one of the caller's own again, and returns its id. */
  register(
    actor: Actor,
    wish: { readonly userEndpointId?: string; readonly keepAliveSeconds: number },
  ): string {
    const id = wish.userEndpointId ?? this.#options.newId();
    const keepAliveMs = wish.keepAliveSeconds * 1000;
    const former = this.#endpoints.get(id);
    if (former) {
      requireOwner(actor, former);
      former.keepAliveMs = keepAliveMs;
      this.#touch(former);
      this.#watch(former);
    } else {
      const { limits = defaultLimits } = this.#options;
      const inUse = this.#owners.get(ownerKey(actor))?.endpoints.size ?? 0;
      requireWithin(limits, 'endpointsPerUser', inUse + 1);
      this.#add(id, ownerKey(actor), keepAliveMs, 'HEALTHY');
    }
    // Not awaited: whoever loses an endpoint to a power cut is told 404 and registers again.
    this.#options.records.put(id, { ownerKey: ownerKey(actor), keepAliveMs }).catch(this.#options.onError);
    return id;
  }

  /** Refuses with `not_found` or `forbidden` unless the endpoint is the actor's; counts as a sign of life. */
  requireOwn(actor: Actor, endpointId: string): void {
    this.#touch(this.#require(actor, endpointId));
  }

  /** Forgets an endpoint by its owner's wish. */
  unregister(actor: Actor, endpointId: string): void {
    this.#forget(this.#require(actor, endpointId));
  }

  /**
   * Keeps an endpoint of the actor alive, or all of them when none is named, until the returned function is called.
   * One that is not registered has nothing to hold. Refused with `forbidden` for somebody else's.
   */
  holdAlive(actor: Actor, endpointId?: string): () => void {
    if (endpointId !== undefined) return this.#holdOneAlive(actor, endpointId);
    const owner = this.#ownerOf(ownerKey(actor));
    owner.parkedRequests += 1;
    for (const endpoint of owner.endpoints) this.#touch(endpoint);
    return () => {
      owner.parkedRequests -= 1;
      for (const endpoint of owner.endpoints) this.#touch(endpoint);
      this.#forgetIdle(owner);
    };
  }

  #holdOneAlive(actor: Actor, endpointId: string): () => void {
    const endpoint = this.#endpoints.get(endpointId);
    if (!endpoint) return () => {};
    requireOwner(actor, endpoint);
    endpoint.parkedRequests += 1;
    this.#touch(endpoint);
    return () => {
      endpoint.parkedRequests -= 1;
      if (this.#endpoints.get(endpointId) === endpoint) this.#touch(endpoint);
    };
  }

  /** Stops watching; for the end of the server. */
  close(): void {
    for (const { stopTimer } of this.#endpoints.values()) stopTimer();
    this.#endpoints.clear();
    this.#owners.clear();
  }

  #require(actor: Actor, endpointId: string): Endpoint {
    const endpoint = this.#endpoints.get(endpointId);
    if (!endpoint) {
      throw new RefusalError(
        'not_found',
        `The endpoint "${endpointId}" is not registered, or was dropped for its silence. Register and join again.`,
      );
    }
    requireOwner(actor, endpoint);
    return endpoint;
  }

  #add(id: string, key: string, keepAliveMs: number, health: Endpoint['health']): void {
    const lastSeenMs = this.#options.clock.now();
    const owner = this.#ownerOf(key);
    const endpoint: Endpoint = {
      id,
      owner,
      keepAliveMs,
      parkedRequests: 0,
      lastSeenMs,
      health,
      stopTimer: () => {},
    };
    this.#endpoints.set(id, endpoint);
    owner.endpoints.add(endpoint);
    this.#watch(endpoint);
  }

  #ownerOf(key: string): Owner {
    const owner = this.#owners.get(key) ?? { key, endpoints: new Set(), parkedRequests: 0 };
    this.#owners.set(key, owner);
    return owner;
  }

  #forget(endpoint: Endpoint): void {
    endpoint.stopTimer();
    this.#endpoints.delete(endpoint.id);
    endpoint.owner.endpoints.delete(endpoint);
    this.#forgetIdle(endpoint.owner);
    this.#options.records.delete(endpoint.id).catch(this.#options.onError);
  }

  #forgetIdle(owner: Owner): void {
    if (owner.endpoints.size === 0 && owner.parkedRequests === 0) this.#owners.delete(owner.key);
  }

  #touch(endpoint: Endpoint): void {
    endpoint.lastSeenMs = this.#options.clock.now();
    if (endpoint.health === 'HEALTHY') return;
    endpoint.health = 'HEALTHY';
    this.#watch(endpoint);
    this.#options.onHealthChanged(endpoint.id, 'HEALTHY');
  }

  /** One timer per endpoint, for the next moment that matters; signs of life only move a number. */
  #watch(endpoint: Endpoint): void {
    const { clock } = this.#options;
    endpoint.stopTimer();
    endpoint.stopTimer = clock.setTimer(
      () => {
        this.#check(endpoint);
      },
      nextChangeMs(endpoint, clock.now()),
    );
  }

  #check(endpoint: Endpoint): void {
    const { clock, onHealthChanged, onSilent } = this.#options;
    if (endpoint.owner.parkedRequests + endpoint.parkedRequests > 0) this.#touch(endpoint);
    const health = healthAt(endpoint, clock.now());
    if (health === 'GONE') {
      this.#forget(endpoint);
      onSilent(endpoint.id);
      return;
    }
    this.#watch(endpoint);
    if (health === endpoint.health) return;
    endpoint.health = health;
    onHealthChanged(endpoint.id, health);
  }
}

function requireOwner(actor: Actor, endpoint: Endpoint): void {
  if (ownerKey(actor) !== endpoint.owner.key) {
    throw new RefusalError('forbidden', 'This endpoint belongs to another user. Register one of your own.');
  }
}

function ownerKey({ organizationId, userId }: Actor): string {
  return JSON.stringify([organizationId, userId]);
}
