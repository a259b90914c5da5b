import { MediaEncryptionError } from '../errors/media-encryption-error.ts';
import type { Bytes } from './frame-format.ts';
import { IvSource } from './iv-source.ts';
import { KeyRing, type MediaKey } from './key-ring.ts';

const ivBytes = 12;

/**
 * Encrypts messages with the keys of the media. What is authenticated with a message is longer than the header of any frame, so
 * neither can be taken for the other.
 *
 * Format: IV (12 bytes), key index (1 byte), content and tag.
 */
export class MessageCipher {
  readonly #rings = new Map<string, KeyRing>();
  readonly #ivs = new IvSource();

  use(ring: string, key: MediaKey, keepFormer: boolean): void {
    const keys = this.#rings.get(ring) ?? new KeyRing();
    this.#rings.set(ring, keys);
    keys.add(key, { keepFormer });
  }

  /** @throws MediaEncryptionError (`ERR_MEDIA_ENCRYPTION`) before the first key. */
  async seal(ring: string, content: Uint8Array, binding: Uint8Array): Promise<Uint8Array> {
    const current = this.#rings.get(ring)?.current;
    if (!current) throw new MediaEncryptionError('There is no key to encrypt with.', 'Call setKey() first.');
    const iv = this.#ivs.next();
    const sealed = await crypto.subtle.encrypt(paramsOf(iv, binding), current.key, copy(content));
    return Uint8Array.from([...iv, current.index, ...new Uint8Array(sealed)]);
  }

  /** Rejects when no key fits. */
  async unseal(ring: string, sealed: Uint8Array, binding: Uint8Array): Promise<Uint8Array> {
    const params = paramsOf(copy(sealed.subarray(0, ivBytes)), binding);
    const content = copy(sealed.subarray(ivBytes + 1));
    for (const key of this.#rings.get(ring)?.at(sealed[ivBytes] ?? 0) ?? []) {
      try {
        return new Uint8Array(await crypto.subtle.decrypt(params, key, content));
      } catch {
        // Another key with this index may fit.
      }
    }
    throw new Error('No key fits.');
  }
}

function paramsOf(iv: Bytes, binding: Uint8Array): AesGcmParams {
  return { name: 'AES-GCM', iv, additionalData: copy(binding) };
}

/** WebCrypto refuses shared memory. */
function copy(bytes: Uint8Array): Bytes {
  return new Uint8Array(bytes);
}
