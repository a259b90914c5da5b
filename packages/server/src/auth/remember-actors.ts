import type { Actor } from '../actor.ts';
import type { Clock } from '../clock.ts';

type Authenticate = (authorization: string | undefined) => Promise<Actor>;

/** Checking a signature costs more than the rest of a poll, so who was checked is known for this long. */
const rememberMs = 60_000;
/** Some kilobytes each. */
const mostActors = 20_000;

/**
 * The same authentication, which remembers for up to a minute whom an `Authorization` header speaks for, and never
 * longer than the token lives. Refusals are not remembered.
 */
export function rememberActors(authenticate: Authenticate, clock: Clock): Authenticate {
  const known = new Map<string, { readonly actor: Actor; readonly untilMs: number }>();
  return async (authorization = '') => {
    const entry = known.get(authorization);
    if (entry && clock.now() < entry.untilMs) return entry.actor;
    known.delete(authorization);
    const actor = await authenticate(authorization);
    const untilMs = Math.min(clock.now() + rememberMs, actor.tokenExpiresAtMs ?? Infinity);
    known.set(authorization, { actor, untilMs });
    const [oldest] = known.keys();
    if (known.size > mostActors && oldest !== undefined) known.delete(oldest);
    return actor;
  };
}
