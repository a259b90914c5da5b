import type { Actor } from '../actor.ts';
import type { Clock } from '../clock.ts';

/** What the requests of an endpoint proved. */
export interface Authorization {
  /** The login of the newest request, if its sender has one. */
  readonly loginId: string | undefined;
  /** When the newest of its tokens expires, in milliseconds since 1970. */
  readonly tokenExpiresAtMs: number;
  /** When the last of its tokens expires, by a clock that nobody can set; `Infinity` if that is unknown. */
  readonly untilMs: number;
}

/**
 * How long an endpoint stays without a valid token. Official clients renew a token when a keep-alive is refused, and send one
 * every ten seconds.
 */
const graceMs = 15_000;

/** The authorization of an endpoint whose requests were answered by a former process. */
export function authorizedBefore(loginId: string | undefined): Authorization {
  return { loginId, tokenExpiresAtMs: Infinity, untilMs: Infinity };
}

/**
 * The authorization after another request. Counts how long a token is still valid, so that nobody is removed because the
 * operator, or NTP, sets the clock forward: a refused request makes clients request a token of the new time.
 */
export function authorizedBy(
  { loginId, tokenExpiresAtMs = Infinity }: Pick<Actor, 'loginId' | 'tokenExpiresAtMs'>,
  clock: Pick<Clock, 'now' | 'elapsedMs'>,
  former?: Authorization,
): Authorization {
  if (former && former.tokenExpiresAtMs === tokenExpiresAtMs) return { ...former, loginId };
  // What an endpoint had before a restart counts until now.
  const formerMs = former && Number.isFinite(former.untilMs) ? former.untilMs : -Infinity;
  const untilMs = Math.max(clock.elapsedMs() + tokenExpiresAtMs - clock.now(), formerMs);
  return { loginId, tokenExpiresAtMs, untilMs };
}

/** Milliseconds until an endpoint may no longer stay; 0 or less if that is past. */
export function authorizedForMs({ untilMs }: Authorization, elapsedMs: number): number {
  return untilMs + graceMs - elapsedMs;
}
