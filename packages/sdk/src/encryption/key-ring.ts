/** How many keys are kept, to decrypt frames encrypted before the last changes. */
export const keptKeys = 16;

/** An AES-GCM key, and the index by which frames name it. */
export interface MediaKey {
  readonly key: CryptoKey;
  readonly index: number;
}

/** The keys of a conference, newest first. Several may share an index. */
export class KeyRing {
  #keys: readonly MediaKey[] = [];

  /** The key that encrypts; undefined before the first one. */
  get current(): MediaKey | undefined {
    return this.#keys[0];
  }

  add(key: MediaKey, { keepFormer }: { readonly keepFormer: boolean }): void {
    this.#keys = [key, ...(keepFormer ? this.#keys : [])].slice(0, keptKeys);
  }

  /** The keys that may decrypt a frame with this key index, newest first. */
  at(index: number): readonly CryptoKey[] {
    return this.#keys.filter((one) => one.index === index).map(({ key }) => key);
  }
}
