import type { Actor } from '../actor.ts';

/** What the requests of an endpoint proved. */
export interface Authorization {
  /** The login of the newest request, if its sender has one. */
  readonly loginId: string | undefined;
  /** When the last of its tokens expires, in milliseconds since 1970; `Infinity` if that is unknown. */
  readonly expiresAtMs: number;
}

/**
 * How long an endpoint stays without a valid token. Official clients renew a token when a keep-alive is refused, and send one
 * every ten seconds.
 */
const graceMs = 15_000;

/** The authorization after another request. */
export function authorizedBy(actor: Actor, former?: Authorization): Authorization {
  const { loginId, tokenExpiresAtMs = Infinity } = actor;
  // What an endpoint had before a restart counts until now.
  const formerMs = former && Number.isFinite(former.expiresAtMs) ? former.expiresAtMs : -Infinity;
  return { loginId, expiresAtMs: Math.max(tokenExpiresAtMs, formerMs) };
}

/** Milliseconds until an endpoint may no longer stay; 0 or less if that is past. */
export function authorizedForMs({ expiresAtMs }: Authorization, nowMs: number): number {
  return expiresAtMs + graceMs - nowMs;
}
