import { exportJWK, type JSONWebKeySet } from 'jose';
import type { Clock } from '../clock.ts';
import type { Records } from '../storage/records.ts';
import {
  makeSigningKey,
  newestFirst,
  restoreSigningKey,
  restoreSigningKeys,
  signingAlgorithm,
  type SigningKey,
  type StoredSigningKey,
} from './signing-key.ts';

/** What {@link SigningKeys} needs. */
export interface SigningKeysOptions {
  readonly clock: Clock;
  /** How long a key signs before a new key replaces it. */
  readonly rotationMs: number;
  readonly tokenLifetimeMs: number;
  /** Where keys are stored, by id. Tokens survive a restart only if these records do. */
  readonly records: Records<StoredSigningKey>;
}

/** Rotating keys: the newest signs, and older ones verify until every token they signed has expired. */
export class SigningKeys {
  readonly #options: SigningKeysOptions;
  /** Newest first. */
  #keys: readonly SigningKey[];
  #rotating: Promise<void> | undefined;
  /** Ends when the keys of other nodes are imported. */
  #taking: Promise<void> = Promise.resolve();

  private constructor(options: SigningKeysOptions, keys: readonly SigningKey[]) {
    this.#options = options;
    this.#keys = keys;
    options.records.onChanged?.((id, stored) => {
      this.#taking = this.#taking.then(() => this.#take(id, stored)).catch(() => {});
    });
  }

  /** Restores the stored keys, or generates the first. A new one follows when the newest is too old to sign. */
  static async create(options: SigningKeysOptions): Promise<SigningKeys> {
    const kept = await restoreSigningKeys(options.records);
    if (kept.length > 0) return new SigningKeys(options, kept);
    return new SigningKeys(options, [await makeSigningKey(options.records, options.clock.now())]);
  }

  /** The key to sign with now. */
  async current(): Promise<SigningKey> {
    const { clock, rotationMs } = this.#options;
    const [newest] = this.#keys;
    if (newest && clock.now() - newest.createdAtMs < rotationMs) return newest;
    this.#rotating ??= this.#rotate();
    await this.#rotating;
    return this.current();
  }

  /** The key with this id, while tokens that it signed may still be valid. */
  async find(id: string | undefined): Promise<SigningKey | undefined> {
    await this.#taking;
    return this.#usable().find((key) => key.id === id);
  }

  /** The public keys, newest first (RFC 7517). */
  async keySet(): Promise<JSONWebKeySet> {
    const keys = this.#usable().map(async ({ id, publicKey }) => ({
      ...(await exportJWK(publicKey)),
      kid: id,
      alg: signingAlgorithm,
      use: 'sig',
    }));
    return { keys: await Promise.all(keys) };
  }

  async #take(id: string, stored: StoredSigningKey | undefined): Promise<void> {
    const others = this.#keys.filter((key) => key.id !== id);
    this.#keys = stored ? newestFirst([...others, await restoreSigningKey(id, stored)]) : others;
  }

  async #rotate(): Promise<void> {
    const { clock, records } = this.#options;
    try {
      const usable = this.#usable();
      const forgotten = this.#keys.filter((key) => !usable.includes(key));
      this.#keys = [await makeSigningKey(records, clock.now()), ...usable];
      await Promise.all(forgotten.map(({ id }) => records.delete(id)));
    } finally {
      this.#rotating = undefined;
    }
  }

  /** A key signs until its successor is created, and its last token lives for one token lifetime after that. */
  #usable(): readonly SigningKey[] {
    const { clock, tokenLifetimeMs } = this.#options;
    const nowMs = clock.now();
    return this.#keys.filter((_, index) => {
      const successor = this.#keys[index - 1];
      return !successor || nowMs < successor.createdAtMs + tokenLifetimeMs;
    });
  }
}
