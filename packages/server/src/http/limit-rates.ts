import type { FastifyInstance } from 'fastify';
import type { Actor } from '../actor.ts';
import type { RateLimits } from '../limits/rate-limits.ts';
import { addressKey } from './address-key.ts';
import { RateLimiter } from './rate-limiter.ts';

/** Answers to these that are no success were a guess. */
const loginPaths: ReadonlySet<string> = new Set(['/security/oauth/token', '/security/ticket/:id']);
const loginOrTicket = /^\/security\//;

/**
 * Limits how often an address may call; the returned function does the same for a user. A failed login is taken
 * before it is known to fail and given back when it succeeds, so that many guesses at the same time count in full.
 */
export function limitRates(app: FastifyInstance, limits: RateLimits): (actor: Actor) => Promise<void> {
  const users = new RateLimiter(limits, 'callsPerUser');
  const addresses = new RateLimiter(limits, 'callsPerAddress');
  const logins = new RateLimiter(limits, 'loginsPerAddress');
  const failedLogins = new RateLimiter(limits, 'failedLoginsPerAddress');

  app.addHook('onRequest', async (request) => {
    const key = addressKey(request.ip);
    const path = request.routeOptions.url ?? '';
    await addresses.take(key);
    if (loginOrTicket.test(path)) await logins.take(key);
    if (loginPaths.has(path)) await failedLogins.take(key);
  });
  app.addHook('onResponse', async (request, reply) => {
    const isLogin = loginPaths.has(request.routeOptions.url ?? '');
    if (isLogin && reply.statusCode < 300) await failedLogins.giveBack(addressKey(request.ip));
  });
  return ({ organizationId, userId }) => users.take(JSON.stringify([organizationId, userId]));
}
