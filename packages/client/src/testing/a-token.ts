import { UnsecuredJWT } from 'jose';

/** A JWT with a lifetime of `lifetimeMs`, different each time. Says when it was issued only if the test does. */
export function aToken(lifetimeMs: number, issuedAtMs?: number): string {
  const expiresAt = new Date((issuedAtMs ?? Date.now()) + lifetimeMs);
  const token = new UnsecuredJWT({}).setJti(crypto.randomUUID()).setExpirationTime(expiresAt);
  return (issuedAtMs === undefined ? token : token.setIssuedAt(new Date(issuedAtMs))).encode();
}
