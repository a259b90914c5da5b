/** How many keys are kept for frames that were encrypted before the last change. */
const keptKeys = 16;

/** A key for AES-GCM and the index by which frames name it. */
export interface MediaKey {
  readonly key: CryptoKey;
  readonly index: number;
}

/** The keys of a call, the newest first. Several may have the same index. */
export class KeyRing {
  #keys: readonly MediaKey[] = [];

  /** What is sent with; undefined before the first key. */
  get current(): MediaKey | undefined {
    return this.#keys[0];
  }

  add(key: MediaKey, { keepFormer }: { readonly keepFormer: boolean }): void {
    this.#keys = [key, ...(keepFormer ? this.#keys : [])].slice(0, keptKeys);
  }

  /** What a frame that names `index` may be encrypted with, the newest first. */
  at(index: number): readonly CryptoKey[] {
    return this.#keys.filter((one) => one.index === index).map(({ key }) => key);
  }
}
