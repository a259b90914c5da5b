import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { JSONWebKeySet } from 'jose';
import { RefusalError } from '../refusal.ts';

/** What {@link addServiceRoutes} needs. */
export interface ServiceRoutesOptions {
  readonly documentText: string;
  readonly keySet: () => Promise<JSONWebKeySet>;
  /** Whether new calls should come here. */
  readonly isReady: () => boolean;
  readonly metricsText: () => Promise<string>;
  /** Bearer token for the metrics; undefined when anybody may read them. */
  readonly metricsToken: string | undefined;
}

/** What is no part of the API: the document itself, the key that checks tokens, signs of life and metrics. */
export function addServiceRoutes(app: FastifyInstance, options: ServiceRoutesOptions): void {
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', (_request, reply) =>
    options.isReady()
      ? { status: 'ready' }
      : reply.status(503).header('retry-after', '5').send({
          error: 'shutting_down',
          error_description: 'This server is about to end. Send new calls to another one.',
        }),
  );
  app.get('/metrics', async (request, reply) => {
    requireMetricsToken(options.metricsToken, request.headers.authorization);
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(await options.metricsText());
  });
  app.get('/openapi.yaml', (_request, reply) => reply.type('application/yaml').send(options.documentText));
  app.get('/.well-known/jwks.json', () => options.keySet());
}

function requireMetricsToken(token: string | undefined, authorization = ''): void {
  if (token === undefined) return;
  const [given, wanted] = [Buffer.from(authorization), Buffer.from(`Bearer ${token}`)];
  if (given.length === wanted.length && timingSafeEqual(given, wanted)) return;
  throw new RefusalError(
    'invalid_token',
    'Send the token that PARLEY_METRICS_TOKEN sets, as "Authorization: Bearer <token>".',
  );
}
