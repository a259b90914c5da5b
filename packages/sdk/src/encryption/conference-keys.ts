import { deriveKey, importSecret, type ImportedSecret, type MediaSecret } from './derive-key.ts';
import { keptKeys, type MediaKey } from './key-ring.ts';

interface HeldSecret {
  readonly secret: ImportedSecret;
  readonly index: number;
}

/** Starts using a key in the ring with this name. */
export type UseKey = (ring: string, key: MediaKey, keepFormer: boolean) => Promise<void>;

/**
 * Derives the keys of each conference from the secrets set so far. Without a fixed salt, the conference id is the salt, so
 * that one passphrase gives another key in each conference. Run `add` and `enter` one after another.
 */
export class ConferenceKeys {
  readonly #salt: string | Uint8Array | undefined;
  readonly #useKey: UseKey;
  /** Oldest first. */
  #secrets: readonly HeldSecret[] = [];
  /** With a fixed salt, all conferences share one ring. */
  readonly #rings: Set<string>;

  constructor(salt: string | Uint8Array | undefined, useKey: UseKey) {
    this.#salt = salt;
    this.#useKey = useKey;
    this.#rings = new Set(salt === undefined ? [] : ['']);
  }

  /** The ring that holds the keys of a conference. */
  ringOf(conferenceId: string): string {
    return this.#salt === undefined ? conferenceId : '';
  }

  /** Encrypts with this secret from now on, in every conference. */
  async add(secret: MediaSecret, index: number, keepFormer: boolean): Promise<void> {
    const held = { secret: await importSecret(secret), index };
    this.#secrets = [...(keepFormer ? this.#secrets : []), held].slice(-keptKeys);
    await Promise.all([...this.#rings].map((ring) => this.#use(ring, held, keepFormer)));
  }

  /** Derives the keys of a conference, unless it has them. */
  async enter(conferenceId: string): Promise<void> {
    const ring = this.ringOf(conferenceId);
    if (this.#rings.has(ring)) return;
    this.#rings.add(ring);
    for (const held of this.#secrets) await this.#use(ring, held, true);
  }

  async #use(ring: string, { secret, index }: HeldSecret, keepFormer: boolean): Promise<void> {
    const key = await deriveKey(secret, this.#salt ?? ring);
    await this.#useKey(ring, { key, index }, keepFormer);
  }
}
