import { UnsecuredJWT } from 'jose';

/** A JWT that expires `lifetimeMs` from now, different each time. */
export function aToken(lifetimeMs: number): string {
  const expiresAt = new Date(Date.now() + lifetimeMs);
  return new UnsecuredJWT({}).setJti(crypto.randomUUID()).setExpirationTime(expiresAt).encode();
}
