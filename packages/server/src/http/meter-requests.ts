import type { FastifyInstance } from 'fastify';
import type { ServerMetrics } from '../metrics/server-metrics.ts';
import { routeOf, type DocumentedOperation } from './openapi-document.ts';

/** Not an operation of the API, or an unknown path. */
const otherOperation = 'other';

/**
 * Records the duration of each request, by operation and status. A caller that hung up counts as 499. Not those of `openRoute`,
 * whose connections stay open.
 */
export function meterRequests(
  app: FastifyInstance,
  operations: readonly DocumentedOperation[],
  metrics: Pick<ServerMetrics, 'begin'>,
  openRoute: string,
): void {
  const names = new Map(
    operations.map(({ method, path, operationId }) => [`${method} ${routeOf(path)}`, operationId]),
  );
  app.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.url === openRoute) {
      done();
      return;
    }
    const route = `${request.method} ${request.routeOptions.url ?? ''}`;
    const end = metrics.begin(names.get(route) ?? otherOperation);
    // Fires exactly once, unlike Fastify's onResponse.
    reply.raw.once('close', () => {
      end(reply.raw.writableFinished ? reply.statusCode : 499);
    });
    done();
  });
}
