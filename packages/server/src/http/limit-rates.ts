import type { FastifyInstance } from 'fastify';
import type { Actor } from '../actor.ts';
import type { RateLimits } from '../limits/rate-limits.ts';
import { addressKey } from './address-key.ts';
import { FailedLogins } from './failed-logins.ts';
import { RateLimiter } from './rate-limiter.ts';

/** Answers to these that are no success were a guess. */
const loginPaths: ReadonlySet<string> = new Set(['/security/oauth/token', '/security/ticket/:id']);
const loginOrTicket = /^\/security\//;

/** Limits how often an address may call; the returned function does the same for a user. */
export function limitRates(app: FastifyInstance, limits: RateLimits): (actor: Actor) => Promise<void> {
  const users = new RateLimiter(limits, 'callsPerUser');
  const addresses = new RateLimiter(limits, 'callsPerAddress');
  const logins = new RateLimiter(limits, 'loginsPerAddress');
  const failedLogins = new FailedLogins(new RateLimiter(limits, 'failedLoginsPerAddress'));

  app.addHook('onRequest', async (request, { raw }) => {
    const key = addressKey(request.ip);
    const path = request.routeOptions.url ?? '';
    await addresses.take(key);
    if (loginOrTicket.test(path)) await logins.take(key);
    if (!loginPaths.has(path)) return;
    await failedLogins.begin(key);
    const end = () => void failedLogins.end(key, raw.writableFinished && raw.statusCode < 300);
    // Whoever had to wait may have hung up meanwhile.
    if (raw.closed) end();
    else raw.once('close', end);
  });
  return ({ organizationId, userId }) => users.take(JSON.stringify([organizationId, userId]));
}
