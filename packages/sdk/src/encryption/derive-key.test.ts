import { describe, expect, test } from 'vitest';
import { assertSecret, deriveKey } from './derive-key.ts';
import { openFrame, sealFrame } from './frame-format.ts';
import { IvSource } from './iv-source.ts';

const frame = new TextEncoder().encode('a frame');
const random = new Uint8Array(16).fill(7);
const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Whether what one has encrypted the other can read. */
async function isSame(one: CryptoKey, other: CryptoKey): Promise<boolean> {
  const sealed = await sealFrame(frame, 'audio', { key: one, index: 0 }, new IvSource().next());
  return (await openFrame(sealed, 'audio', () => [other])) !== undefined;
}

/** A key as the page about encryption describes it, so that other programs can make it. */
async function describedKey(secret: Uint8Array<ArrayBuffer>, parameters: Pbkdf2Params | HkdfParams) {
  const material = await crypto.subtle.importKey('raw', secret, parameters.name, false, ['deriveKey']);
  const aes = { name: 'AES-GCM', length: 256 };
  return crypto.subtle.deriveKey(parameters, material, aes, false, ['encrypt', 'decrypt']);
}

describe('a key', () => {
  test('of bytes is spread by HKDF', async () => {
    const purpose = bytesOf('parley media encryption 1');
    const spreading = { name: 'HKDF', hash: 'SHA-256', salt: purpose, info: purpose };
    expect(await isSame(await describedKey(random, spreading), await deriveKey(random))).toBe(true);
    const salted = { ...spreading, salt: bytesOf('room') };
    expect(await isSame(await describedKey(random, salted), await deriveKey(random, 'room'))).toBe(true);
  });

  test('of a passphrase is stretched by PBKDF2, however its letters were composed', async () => {
    const salt = bytesOf('parley media encryption 1');
    const stretching = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: 600_000 };
    const described = await describedKey(bytesOf('caf\u00e9'), stretching);
    expect(await isSame(described, await deriveKey('cafe\u0301'))).toBe(true);
  });

  test('is another with another secret or another salt', async () => {
    const key = await deriveKey(random);
    expect(await isSame(key, await deriveKey(random))).toBe(true);
    expect(await isSame(key, await deriveKey(new Uint8Array(16).fill(8)))).toBe(false);
    expect(await isSame(key, await deriveKey(random, 'room'))).toBe(false);
  });

  test('is AES-GCM with 256 bits, and cannot be read out', async () => {
    const key = await deriveKey(random);
    expect(key.algorithm).toEqual({ name: 'AES-GCM', length: 256 });
    await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow('not extractable');
  });
});

test.each([[''], [new Uint8Array(15)], [undefined as unknown as string]])(
  'no key is made of %j, which could be guessed',
  (secret) => {
    expect(() => assertSecret(secret)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_OPTIONS' }));
  },
);
