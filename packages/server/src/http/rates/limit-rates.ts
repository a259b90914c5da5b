import type { FastifyInstance } from 'fastify';
import { userKeyOf, type Actor } from '../../actor.ts';
import type { RateLimits } from '../../limits/rate-limits.ts';
import { addressKey } from './address-key.ts';
import { RateLimiter } from './rate-limiter.ts';

/** Limits the calls of each address; the returned function limits the calls of a user. */
export function limitRates(app: FastifyInstance, limits: RateLimits): (actor: Actor) => Promise<void> {
  const users = new RateLimiter(limits, 'callsPerUser');
  const addresses = new RateLimiter(limits, 'callsPerAddress');
  app.addHook('onRequest', async ({ ip }) => {
    await addresses.take(addressKey(ip));
  });
  return (actor) => users.take(userKeyOf(actor));
}
