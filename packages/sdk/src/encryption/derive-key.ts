import { InvalidOptionsError } from '@parley-rtc/client';
import type { Bytes } from './frame-format.ts';

/** What OWASP advises for PBKDF2 with SHA-256 (Password Storage Cheat Sheet, 2023). */
const iterations = 600_000;
/** Less can be tried out. */
const leastSecretBytes = 16;
const hash = 'SHA-256';
const purpose = 'parley media encryption 1';

/** A passphrase, or at least 16 random bytes. */
export type MediaSecret = string | Uint8Array;

/** @throws InvalidOptionsError (`ERR_INVALID_OPTIONS`) for a secret that is none. */
export function assertSecret(secret: MediaSecret): void {
  if (typeof secret === 'string') {
    if (secret !== '') return;
    throw new InvalidOptionsError('An empty passphrase protects nothing.', 'Give one that is hard to guess.');
  }
  if (secret instanceof Uint8Array && secret.length >= leastSecretBytes) return;
  throw new InvalidOptionsError(
    'This cannot be made a key.',
    `Give a passphrase, or a Uint8Array of at least ${leastSecretBytes} random bytes.`,
  );
}

/**
 * The key for AES-GCM that everybody gets who has the same secret and the same salt; it cannot be read out. Passphrases,
 * which can be guessed, are stretched by PBKDF2 (some tenths of a second), bytes only spread by HKDF.
 */
export async function deriveKey(
  secret: MediaSecret,
  salt: string | Uint8Array = purpose,
): Promise<CryptoKey> {
  const isPassphrase = typeof secret === 'string';
  const material = await crypto.subtle.importKey(
    'raw',
    bytesOf(isPassphrase ? secret.normalize('NFC') : secret),
    isPassphrase ? 'PBKDF2' : 'HKDF',
    false,
    ['deriveKey'],
  );
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

/** A copy, since shared memory cannot be hashed. */
function bytesOf(value: string | Uint8Array): Bytes {
  return typeof value === 'string' ? new TextEncoder().encode(value) : new Uint8Array(value);
}
