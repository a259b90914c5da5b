import type { FastifyInstance } from 'fastify';

/** Logs once when requests come through a proxy, whose callers share one address as long as it is not trusted. */
export function warnOfUntrustedProxy(app: FastifyInstance): void {
  let hasWarned = false;
  app.addHook('onRequest', ({ headers, log }, _reply, done) => {
    if (!hasWarned && headers['x-forwarded-for'] !== undefined) {
      hasWarned = true;
      log.warn(
        'X-Forwarded-For is ignored, so all callers behind the proxy share one address and its limits. ' +
          'If the proxy is yours, set PARLEY_TRUST_PROXY.',
      );
    }
    done();
  });
}
