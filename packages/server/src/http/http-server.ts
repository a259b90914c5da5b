import { randomUUID } from 'node:crypto';
import cors from '@fastify/cors';
import formbody from '@fastify/formbody';
import { fastify, type FastifyInstance, type FastifyServerOptions } from 'fastify';
import type { Limits } from '../limits/limits.ts';
import { requireBoundedJson } from '../limits/require-bounded-json.ts';
import { answerBrokenRequest } from './answer-broken-requests.ts';
import { answerErrors, answerFrameworkError } from './error-answers.ts';
import { addSecurityHeaders } from './security-headers.ts';

/** Levels of the log, from nothing to everything. */
export type LogLevel = 'silent' | 'error' | 'warn' | 'info' | 'debug';

/** What {@link createHttpServer} needs. */
export interface HttpServerOptions {
  readonly logLevel: LogLevel;
  readonly limits: Limits;
  /** Origins whose pages may call; undefined for all. */
  readonly corsOrigins: readonly string[] | undefined;
  /** How many proxies, or which ones, tell the true address of a caller; undefined for none. */
  readonly trustProxy: number | readonly string[] | undefined;
}

/** A Fastify without routes: logs, request ids, limits, CORS, security headers, bodies and errors. */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const { logLevel, limits, corsOrigins, trustProxy } = options;
  const app = fastify({
    genReqId: () => randomUUID(),
    // Ids are up to 256 characters and may be percent-encoded.
    routerOptions: { maxParamLength: 1024 },
    // While closing, what is on its way is still answered.
    return503OnClosing: false,
    logger: loggerOptions(logLevel),
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestTimeoutMs,
    http: {
      headersTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: Math.min(5_000, limits.headersTimeoutMs),
    },
    ...(trustProxy !== undefined && {
      trustProxy:
        typeof trustProxy === 'number'
          ? (_address: string, hop: number) => hop < trustProxy
          : [...trustProxy],
    }),
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: answerFrameworkError,
  });
  app.server.maxConnections = limits.connections;
  answerErrors(app);
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
  addSecurityHeaders(app);
  await app.register(cors, {
    origin: corsOrigins ? [...corsOrigins] : '*',
    methods: ['GET', 'POST'],
    allowedHeaders: ['Authorization', 'Content-Type', 'Last-Event-ID', 'X-Auvious-TransactionId'],
    exposedHeaders: ['Retry-After', 'X-Request-Id'],
    maxAge: 24 * 60 * 60,
  });
  await app.register(formbody, { bodyLimit: limits.bodyBytes });
  parseBoundedJson(app, limits);
  return app;
}

/** JSON without keys that poison prototypes, and within the limits. */
function parseBoundedJson(app: FastifyInstance, limits: Limits): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    void parse(request, body, (error, value: unknown) => {
      if (error) {
        done(error);
        return;
      }
      try {
        requireBoundedJson(value, limits);
        done(null, value);
      } catch (refusal) {
        done(refusal as Error);
      }
    });
  });
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
