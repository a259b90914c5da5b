import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose';
import type { Records } from '../storage/records.ts';

/** The algorithm of all our tokens. */
export const signingAlgorithm = 'RS256';

/** What access tokens are signed and checked with. */
export interface SigningKey {
  readonly id: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

/** A signing key as it is kept, under its id. */
export interface StoredSigningKey {
  /** With its private part. */
  readonly jwk: JWK;
  readonly createdAtMs: number;
}

/** The newest key that is kept; one is made, and kept, when there is none. */
export async function loadSigningKey(records: Records<StoredSigningKey>, nowMs: number): Promise<SigningKey> {
  const [newest] = records.entries().toSorted(([, a], [, b]) => b.createdAtMs - a.createdAtMs);
  if (newest) return restored(newest[0], newest[1].jwk);
  const id = randomUUID();
  const keys = await generateKeyPair(signingAlgorithm, { extractable: true });
  await records.put(id, { jwk: await exportJWK(keys.privateKey), createdAtMs: nowMs });
  return { id, ...keys };
}

async function restored(id: string, jwk: JWK): Promise<SigningKey> {
  const { kty, n, e } = jwk;
  if (kty !== 'RSA' || n === undefined || e === undefined) {
    throw new Error(`The signing key "${id}" in the data folder is no RSA key.`);
  }
  const [privateKey, publicKey] = await Promise.all([importKey(jwk), importKey({ kty, n, e })]);
  return { id, privateKey, publicKey };
}

async function importKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, signingAlgorithm, { extractable: true });
  if (key instanceof Uint8Array) throw new Error('A signing key must be a key pair, not a secret.');
  return key;
}
