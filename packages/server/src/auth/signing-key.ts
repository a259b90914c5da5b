import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose';
import type { Records } from '../storage/records.ts';

/** The algorithm of all tokens that the server issues. */
export const signingAlgorithm = 'RS256';

/** A key pair that signs and verifies access tokens; tokens name it by its id. */
export interface SigningKey {
  readonly id: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly createdAtMs: number;
}

/** A signing key as stored, under its id. */
export interface StoredSigningKey {
  /** Includes the private key. */
  readonly jwk: JWK;
  readonly createdAtMs: number;
}

/** Generates a key and stores it. */
export async function makeSigningKey(
  records: Records<StoredSigningKey>,
  createdAtMs: number,
): Promise<SigningKey> {
  const id = randomUUID();
  const pair = await generateKeyPair(signingAlgorithm, { extractable: true });
  await records.put(id, { jwk: await exportJWK(pair.privateKey), createdAtMs });
  return { ...pair, id, createdAtMs };
}

/** The stored keys, newest first. */
export async function restoreSigningKeys(records: Records<StoredSigningKey>): Promise<readonly SigningKey[]> {
  const keys = await Promise.all(records.entries().map(([id, stored]) => restoreSigningKey(id, stored)));
  return newestFirst(keys);
}

export function newestFirst(keys: readonly SigningKey[]): readonly SigningKey[] {
  return keys.toSorted((a, b) => b.createdAtMs - a.createdAtMs);
}

/** Reads a stored key. */
export async function restoreSigningKey(
  id: string,
  { jwk, createdAtMs }: StoredSigningKey,
): Promise<SigningKey> {
  const { kty, n, e } = jwk;
  if (kty !== 'RSA' || n === undefined || e === undefined) {
    throw new Error(`The signing key "${id}" in the data folder is not an RSA key.`);
  }
  const [privateKey, publicKey] = await Promise.all([importKey(jwk), importKey({ kty, n, e })]);
  return { id, privateKey, publicKey, createdAtMs };
}

async function importKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, signingAlgorithm, { extractable: true });
  if (key instanceof Uint8Array) throw new Error('A signing key must be a key pair, not a secret.');
  return key;
}
