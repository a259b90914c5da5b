import type { Owner } from './endpoint.ts';

/** The users who have endpoints or parked requests, by key. */
export class Owners {
  readonly #owners = new Map<string, Owner>();

  /** The user with this key, who may be new. */
  of(key: string): Owner {
    const owner = this.#owners.get(key) ?? { key, endpoints: new Set(), parkedRequests: 0 };
    this.#owners.set(key, owner);
    return owner;
  }

  find(key: string): Owner | undefined {
    return this.#owners.get(key);
  }

  get size(): number {
    return this.#owners.size;
  }

  /** Forgets a user without endpoints and parked requests. */
  forgetIdle(owner: Owner): void {
    if (owner.endpoints.size === 0 && owner.parkedRequests === 0) this.#owners.delete(owner.key);
  }

  clear(): void {
    this.#owners.clear();
  }
}
