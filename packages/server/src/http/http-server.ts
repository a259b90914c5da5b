import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import cors from '@fastify/cors';
import formbody from '@fastify/formbody';
import { fastify, type FastifyInstance, type FastifyServerOptions } from 'fastify';
import type { Limits } from '../limits/limits.ts';
import { answerBrokenRequest } from './answer-broken-requests.ts';
import { answerErrors, answerFrameworkError, type HttpServerFailure } from './error-answers.ts';
import { limitConnections } from './limit-connections.ts';
import { limitSlowReaders } from './limit-slow-readers.ts';
import { requireBoundedJson } from './require-bounded-json.ts';
import { addSecurityHeaders } from './security-headers.ts';
import { warnOfUntrustedProxy } from './warn-of-untrusted-proxy.ts';

/** Log levels, from nothing to everything. */
export type LogLevel = 'silent' | 'error' | 'warn' | 'info' | 'debug';

/** Receives the log, one line of JSON at a time. */
export interface LogStream {
  write(line: string): void;
}

/** What {@link createHttpServer} needs. */
export interface HttpServerOptions {
  readonly logLevel: LogLevel;
  /** Receives the lines of the log. Default: standard output. */
  readonly logStream?: LogStream | undefined;
  readonly limits: Limits;
  /** Origins whose pages may call the API; undefined for all. */
  readonly corsOrigins: readonly string[] | undefined;
  /** How many proxies, or which ones, are trusted to name a caller's address; undefined for none. */
  readonly trustProxy: number | readonly string[] | undefined;
  /** Receives every error that is the server's own. */
  readonly onFailure: HttpServerFailure;
}

/** A Fastify instance without routes: logs, request ids, limits, CORS, security headers, body parsing and errors. */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const { logLevel, limits, corsOrigins, trustProxy } = options;
  const app = fastify({
    genReqId: () => randomUUID(),
    // Ids are up to 256 characters and may be percent-encoded.
    routerOptions: { maxParamLength: 1024 },
    // While closing, requests under way still get their response.
    return503OnClosing: false,
    logger: loggerOptions(logLevel, options.logStream),
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestTimeoutMs,
    http: {
      headersTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: Math.min(5_000, limits.headersTimeoutMs),
      // Clients that offer HTTP/2 ("Upgrade: h2c") go on with HTTP/1.1. Node has this since 22.21.
      shouldUpgradeCallback: ({ headers }: IncomingMessage) => /^websocket$/i.test(headers.upgrade ?? ''),
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
  limitConnections(app.server, limits, trustProxy !== undefined);
  answerErrors(app, options.onFailure);
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
  if (trustProxy === undefined) warnOfUntrustedProxy(app);
  addSecurityHeaders(app);
  limitSlowReaders(app, limits);
  await app.register(cors, {
    origin: corsOrigins ? [...corsOrigins] : '*',
    methods: ['GET', 'POST'],
    allowedHeaders: ['Authorization', 'Content-Type', 'Last-Event-ID', 'Range', 'X-Auvious-TransactionId'],
    exposedHeaders: ['Content-Range', 'Retry-After', 'X-Request-Id'],
    maxAge: 24 * 60 * 60,
  });
  await app.register(formbody, { bodyLimit: limits.bodyBytes });
  parseBoundedJson(app, limits);
  return app;
}

/** Parses JSON within the limits and without keys that pollute prototypes. */
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

function loggerOptions(
  level: LogLevel,
  stream: LogStream | undefined,
): NonNullable<FastifyServerOptions['logger']> {
  if (level === 'silent') return false;
  return {
    level,
    ...(stream && { stream }),
    serializers: {
      // The route, not the URL: a URL can hold a ticket. Headers and bodies hold tokens and SDP.
      req: ({ method, routeOptions }) => ({ method, url: routeOptions.url ?? '' }),
    },
  };
}
