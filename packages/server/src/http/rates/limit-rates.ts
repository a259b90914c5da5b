import type { FastifyInstance, FastifyRequest } from 'fastify';
import { userKeyOf, type Actor } from '../../actor.ts';
import type { RateLimits } from '../../limits/rate-limits.ts';
import { addressKey } from './address-key.ts';
import { RateLimiter, type SharedCounts } from './rate-limiter.ts';

/** What {@link limitRates} needs where several nodes serve the same users. */
export interface SharedRates {
  readonly counts: SharedCounts;
  /** Whether another node forwarded the request, which counted it. */
  readonly isCounted: (request: FastifyRequest) => boolean;
}

/** Limits the calls of each address; the returned function limits the calls of a user. */
export function limitRates(
  app: FastifyInstance,
  limits: RateLimits,
  shared?: SharedRates,
): (actor: Actor) => Promise<void> {
  const users = new RateLimiter(limits, 'callsPerUser', shared?.counts);
  const addresses = new RateLimiter(limits, 'callsPerAddress', shared?.counts);
  app.addHook('onRequest', async (request) => {
    if (shared?.isCounted(request) !== true) await addresses.take(addressKey(request.ip));
  });
  return (actor) => users.take(userKeyOf(actor));
}
