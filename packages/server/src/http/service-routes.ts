import { timingSafeEqual } from 'node:crypto';
import type { ErrorResponse } from '@parley-rtc/contract';
import type { FastifyInstance } from 'fastify';
import type { JSONWebKeySet } from 'jose';
import { RefusalError } from '../refusal.ts';

/** What {@link addServiceRoutes} needs. */
export interface ServiceRoutesOptions {
  readonly documentText: string;
  readonly keySet: () => Promise<JSONWebKeySet>;
  /** Why load balancers should send new calls elsewhere; undefined when they should send them here. */
  readonly unreadiness: () => Promise<ErrorResponse | undefined>;
  readonly metricsText: () => Promise<string>;
  /** Bearer token for the metrics; undefined if anyone may read them. */
  readonly metricsToken: string | undefined;
}

/** Routes outside the API: the document itself, the public keys, health and metrics. */
export function addServiceRoutes(app: FastifyInstance, options: ServiceRoutesOptions): void {
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const unreadiness = await options.unreadiness();
    if (!unreadiness) return { status: 'ready' };
    return reply.status(503).header('retry-after', '5').send(unreadiness);
  });
  app.get('/metrics', async (request, reply) => {
    requireMetricsToken(options.metricsToken, request.headers.authorization);
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(await options.metricsText());
  });
  app.get('/openapi.yaml', (_request, reply) => reply.type('application/yaml').send(options.documentText));
  app.get('/.well-known/jwks.json', () => options.keySet());
}

function requireMetricsToken(token: string | undefined, authorization = ''): void {
  if (token === undefined) return;
  const [actual, expected] = [Buffer.from(authorization), Buffer.from(`Bearer ${token}`)];
  if (actual.length === expected.length && timingSafeEqual(actual, expected)) return;
  throw new RefusalError(
    'invalid_token',
    'Send the value of PARLEY_METRICS_TOKEN as "Authorization: Bearer <token>".',
  );
}
