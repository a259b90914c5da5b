import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type CryptoKey, type JSONWebKeySet } from 'jose';
import type { Clock } from '../clock.ts';

/** A key pair with the id that tokens name it by. */
export interface SigningKey {
  readonly id: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

/** Algorithm of every key here. */
export const SIGNING_ALGORITHM = 'RS256';

interface DatedKey extends SigningKey {
  readonly createdAtMs: number;
}

/**
 * Keys that change: the newest signs, and the former ones verify until every token they signed has expired. They live
 * in memory, so a restart invalidates all tokens.
 */
export class SigningKeys {
  readonly #clock: Clock;
  readonly #rotationMs: number;
  readonly #tokenLifetimeMs: number;
  /** The newest first. */
  #keys: readonly DatedKey[];
  #rotating: Promise<void> | undefined;

  private constructor(first: DatedKey, clock: Clock, rotationMs: number, tokenLifetimeMs: number) {
    this.#keys = [first];
    this.#clock = clock;
    this.#rotationMs = rotationMs;
    this.#tokenLifetimeMs = tokenLifetimeMs;
  }

  /** Makes the first key. A new one follows when the newest is asked for after `rotationMs`. */
  static async create(clock: Clock, rotationMs: number, tokenLifetimeMs: number): Promise<SigningKeys> {
    return new SigningKeys(await makeKey(clock), clock, rotationMs, tokenLifetimeMs);
  }

  /** The key to sign with now. */
  async current(): Promise<SigningKey> {
    const [newest] = this.#keys;
    if (newest && this.#clock.now() - newest.createdAtMs < this.#rotationMs) return newest;
    this.#rotating ??= this.#rotate();
    await this.#rotating;
    return this.current();
  }

  /** The key with this id, while tokens that it signed may be valid. */
  find(id: string | undefined): SigningKey | undefined {
    return this.#usable().find((key) => key.id === id);
  }

  /** The public halves, the newest first (RFC 7517). */
  async keySet(): Promise<JSONWebKeySet> {
    const keys = this.#usable().map(async ({ id, publicKey }) => ({
      ...(await exportJWK(publicKey)),
      kid: id,
      alg: SIGNING_ALGORITHM,
      use: 'sig',
    }));
    return { keys: await Promise.all(keys) };
  }

  async #rotate(): Promise<void> {
    try {
      this.#keys = [await makeKey(this.#clock), ...this.#usable()];
    } finally {
      this.#rotating = undefined;
    }
  }

  /** A key signs until its successor comes, and what it signed last lives on for the life of a token. */
  #usable(): readonly DatedKey[] {
    const nowMs = this.#clock.now();
    return this.#keys.filter((_, index) => {
      const successor = this.#keys[index - 1];
      return !successor || nowMs < successor.createdAtMs + this.#tokenLifetimeMs;
    });
  }
}

async function makeKey(clock: Clock): Promise<DatedKey> {
  const pair = await generateKeyPair(SIGNING_ALGORITHM);
  return { ...pair, id: randomUUID(), createdAtMs: clock.now() };
}
