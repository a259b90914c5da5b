import { InvalidOptionsError } from '@parley-rtc/client';
import type { Bytes } from './frame-format.ts';

/** The OWASP recommendation for PBKDF2 with SHA-256 (Password Storage Cheat Sheet, 2023). */
const iterations = 600_000;
/** Shorter secrets can be found by brute force. */
const leastSecretBytes = 16;
const hash = 'SHA-256';
const purpose = 'parley media encryption 1';

/** A passphrase, or at least 16 random bytes. */
export type MediaSecret = string | Uint8Array;

/** @throws InvalidOptionsError (`ERR_INVALID_OPTIONS`) for an empty passphrase or too few bytes. */
export function assertSecret(secret: MediaSecret): void {
  if (typeof secret === 'string') {
    if (secret !== '') return;
    throw new InvalidOptionsError('The passphrase is empty.', 'Pass one that is hard to guess.');
  }
  if (secret instanceof Uint8Array && secret.length >= leastSecretBytes) return;
  throw new InvalidOptionsError(
    'The secret cannot be turned into a key.',
    `Pass a passphrase, or a Uint8Array of at least ${leastSecretBytes} random bytes.`,
  );
}

/** A secret from which keys can be derived, and which cannot be read back. */
export interface ImportedSecret {
  readonly material: CryptoKey;
  readonly isPassphrase: boolean;
}

export async function importSecret(secret: MediaSecret): Promise<ImportedSecret> {
  const isPassphrase = typeof secret === 'string';
  const material = await crypto.subtle.importKey(
    'raw',
    bytesOf(isPassphrase ? secret.normalize('NFC') : secret),
    isPassphrase ? 'PBKDF2' : 'HKDF',
    false,
    ['deriveKey'],
  );
  return { material, isPassphrase };
}

/**
 * Derives an AES-GCM key, which cannot be exported. The same secret and salt always give the same key. Passphrases, which
 * can be guessed, go through PBKDF2, which takes some tenths of a second; random bytes need only HKDF.
 */
export function deriveKey(
  { material, isPassphrase }: ImportedSecret,
  salt: string | Uint8Array,
): Promise<CryptoKey> {
  return crypto.subtle.deriveKey(
    isPassphrase
      ? { name: 'PBKDF2', hash, salt: bytesOf(salt), iterations }
      : { name: 'HKDF', hash, salt: bytesOf(salt), info: bytesOf(purpose) },
    material,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  );
}

/** Returns a copy, because WebCrypto refuses shared memory. */
function bytesOf(value: string | Uint8Array): Bytes {
  return typeof value === 'string' ? new TextEncoder().encode(value) : new Uint8Array(value);
}
