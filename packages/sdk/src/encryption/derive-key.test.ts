import { describe, expect, it } from 'vitest';
import { assertSecret, deriveKey, importSecret, type MediaSecret } from './derive-key.ts';
import { openFrame, sealFrame } from './frame-format.ts';
import { IvSource } from './iv-source.ts';

const frame = new TextEncoder().encode('a frame');
const random = new Uint8Array(16).fill(7);
const bytesOf = (text: string) => new TextEncoder().encode(text);

const purpose = 'parley media encryption 1';

async function derive(secret: MediaSecret, salt = purpose): Promise<CryptoKey> {
  return deriveKey(await importSecret(secret), salt);
}

/** Whether `other` can decrypt a frame that `one` encrypted. */
async function isSame(one: CryptoKey, other: CryptoKey): Promise<boolean> {
  const sealed = await sealFrame(frame, 'audio', { key: one, index: 0 }, new IvSource().next());
  return (await openFrame(sealed, 'audio', () => [other])) !== undefined;
}

/** Derives a key as docs/encryption.md describes it, so that other programs can do the same. */
async function describedKey(secret: Uint8Array<ArrayBuffer>, parameters: Pbkdf2Params | HkdfParams) {
  const material = await crypto.subtle.importKey('raw', secret, parameters.name, false, ['deriveKey']);
  const aes = { name: 'AES-GCM', length: 256 };
  return crypto.subtle.deriveKey(parameters, material, aes, false, ['encrypt', 'decrypt']);
}

describe('a key', () => {
  it('is derived from bytes by HKDF', async () => {
    const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: bytesOf(purpose), info: bytesOf(purpose) };
    expect(await isSame(await describedKey(random, hkdf), await derive(random))).toBe(true);
    const salted = { ...hkdf, salt: bytesOf('room') };
    expect(await isSame(await describedKey(random, salted), await derive(random, 'room'))).toBe(true);
  });

  it('is derived from a passphrase by PBKDF2, after Unicode normalization', async () => {
    const salt = bytesOf(purpose);
    const pbkdf2 = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: 600_000 };
    const described = await describedKey(bytesOf('caf\u00e9'), pbkdf2);
    expect(await isSame(described, await derive('cafe\u0301'))).toBe(true);
  });

  it('differs for another secret or another salt', async () => {
    const key = await derive(random);
    expect(await isSame(key, await derive(random))).toBe(true);
    expect(await isSame(key, await derive(new Uint8Array(16).fill(8)))).toBe(false);
    expect(await isSame(key, await derive(random, 'room'))).toBe(false);
  });

  it('is AES-GCM with 256 bits, and cannot be exported', async () => {
    const key = await derive(random);
    expect(key.algorithm).toEqual({ name: 'AES-GCM', length: 256 });
    await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow('not extractable');
  });
});

it.each([[''], [new Uint8Array(15)], [undefined as unknown as string]])(
  'refuses %j, which could be guessed',
  (secret) => {
    expect(() => assertSecret(secret)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_OPTIONS' }));
  },
);
