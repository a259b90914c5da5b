import { userKeyOf, type Actor } from '../actor.ts';
import type { Clock } from '../clock.ts';
import { RefusalError } from '../refusal.ts';
import type { Records } from '../storage/records.ts';

/** What {@link Revocations} needs. */
export interface RevocationsOptions {
  readonly clock: Clock;
  /** When each user was revoked, in milliseconds since 1970, by the user's key. */
  readonly records: Records<number>;
  /** Called with the key of a user whom another node revoked. */
  readonly onRevokedElsewhere?: (userKey: string) => void;
}

type User = Pick<Actor, 'organizationId' | 'realm' | 'userId'>;

/** A token that lives longer works again afterwards. Identity providers issue tokens for minutes or hours. */
const retentionMs = 30 * 24 * 60 * 60_000;
/** About 10 MB. */
const maxRevocations = 100_000;

/** Users of an identity provider whose tokens, issued before their revocation, no longer work. */
export class Revocations {
  readonly #options: RevocationsOptions;
  readonly #revokedAtMs: Map<string, number>;

  constructor(options: RevocationsOptions) {
    this.#options = options;
    this.#revokedAtMs = new Map(options.records.entries());
    options.records.onChanged?.((key, atMs) => {
      if (atMs === undefined) this.#revokedAtMs.delete(key);
      else this.#revokedAtMs.set(key, atMs);
      if (atMs !== undefined) options.onRevokedElsewhere?.(key);
    });
  }

  /** Revokes the user's tokens of today. Refuses with `limit_exceeded` when too many users are revoked. */
  async add(user: User): Promise<void> {
    const key = userKeyOf(user);
    if (this.#revokedAtMs.size >= maxRevocations && !this.#revokedAtMs.has(key)) {
      throw new RefusalError(
        'limit_exceeded',
        `${maxRevocations} users are revoked, which is the limit. Revoke this user at the identity provider.`,
      );
    }
    const nowMs = this.#options.clock.now();
    this.#revokedAtMs.set(key, nowMs);
    await this.#options.records.put(key, nowMs);
  }

  /** Whether the actor's token was issued before its user was revoked. A token without an issue time counts as older. */
  includes(actor: Actor): boolean {
    if (this.#revokedAtMs.size === 0) return false;
    const revokedAtMs = this.#revokedAtMs.get(userKeyOf(actor));
    return revokedAtMs !== undefined && (actor.tokenIssuedAtMs ?? -Infinity) <= revokedAtMs;
  }

  /** Drops revocations that every token of that time has outlived. */
  async dropOld(): Promise<void> {
    const oldestMs = this.#options.clock.now() - retentionMs;
    for (const [key, atMs] of this.#revokedAtMs) {
      if (atMs > oldestMs) continue;
      this.#revokedAtMs.delete(key);
      await this.#options.records.delete(key);
    }
  }
}
