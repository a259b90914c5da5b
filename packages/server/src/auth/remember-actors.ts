import type { Actor } from '../actor.ts';
import type { Clock } from '../clock.ts';
import { bearerTokenOf } from './bearer-token.ts';

type Authenticate = (authorization: string | undefined) => Promise<Actor>;

/** Checking a signature costs more than the rest of a poll, so the result is cached for this long. */
const rememberMs = 60_000;
/** A few kilobytes each. */
const maxActors = 20_000;

/**
 * Wraps `authenticate` with a cache: a token's actor is cached for up to a minute, and never beyond the token's expiry.
 * Refusals are not cached.
 */
export function rememberActors(authenticate: Authenticate, clock: Clock): Authenticate {
  const known = new Map<
    string,
    { readonly actor: Actor; readonly untilMs: number; readonly cachedUntilMs: number }
  >();
  return async (authorization) => {
    // Not the header: with spaces, one token makes thousands of different ones of 16 KiB each.
    const token = bearerTokenOf(authorization) ?? '';
    const entry = known.get(token);
    if (entry && clock.now() < entry.untilMs && clock.elapsedMs() < entry.cachedUntilMs) return entry.actor;
    known.delete(token);
    const actor = await authenticate(authorization);
    const { tokenExpiresAtMs: untilMs = Infinity } = actor;
    known.set(token, { actor, untilMs, cachedUntilMs: clock.elapsedMs() + rememberMs });
    const [oldest] = known.keys();
    if (known.size > maxActors && oldest !== undefined) known.delete(oldest);
    return actor;
  };
}
