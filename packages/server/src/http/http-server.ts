import { randomUUID } from 'node:crypto';
import cors from '@fastify/cors';
import formbody from '@fastify/formbody';
import { fastify, type FastifyInstance, type FastifyServerOptions } from 'fastify';
import { answerErrors } from './error-answers.ts';

/** Levels of the log, from nothing to everything. */
export type LogLevel = 'silent' | 'error' | 'warn' | 'info' | 'debug';

/** A Fastify without routes: logs, request ids, CORS, form bodies and errors. */
export async function createHttpServer(logLevel: LogLevel): Promise<FastifyInstance> {
  const app = fastify({
    genReqId: () => randomUUID(),
    // Ids are up to 256 characters and may be percent-encoded.
    routerOptions: { maxParamLength: 1024 },
    // While closing, what is on its way is still answered.
    return503OnClosing: false,
    logger: loggerOptions(logLevel),
  });
  answerErrors(app);
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
  await app.register(cors, {
    origin: '*',
    methods: ['GET', 'POST'],
    allowedHeaders: ['Authorization', 'Content-Type', 'Last-Event-ID', 'X-Auvious-TransactionId'],
    exposedHeaders: ['Retry-After', 'X-Request-Id'],
    maxAge: 24 * 60 * 60,
  });
  await app.register(formbody);
  return app;
}

function loggerOptions(level: LogLevel): NonNullable<FastifyServerOptions['logger']> {
  if (level === 'silent') return false;
  return {
    level,
    serializers: {
      // The route, not the URL: a URL can hold a ticket. Headers and bodies hold tokens and SDP.
      req: ({ method, routeOptions }) => ({ method, url: routeOptions.url ?? '' }),
    },
  };
}
