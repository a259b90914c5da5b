import type { AddressInfo } from 'node:net';
import type { ErrorResponse } from '@parley-rtc/contract';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { createAuth, type Auth } from './auth/create-auth.ts';
import { systemClock, type Clock } from './clock.ts';
import type { ParleyServerConfig } from './config/parley-server-config.ts';
import { LineBudget } from './health/line-budget.ts';
import { Readiness } from './health/readiness.ts';
import { troubleOf } from './health/trouble.ts';
import { closeGracefully } from './http/close-gracefully.ts';
import { createHttpServer, type LogStream } from './http/http-server.ts';
import { createUserBudgets } from './http/rates/user-budgets.ts';
import { defaultLimits, type Limits } from './limits/limits.ts';
import { defaultRateLimits } from './limits/rate-limits.ts';
import type { MediaLog, MediaRouter } from './media/media-router.ts';
import { repeatEvery } from './repeat-every.ts';
import { serveApi } from './serve-api.ts';
import { startConferencing, type Foundation } from './start-conferencing.ts';
import { openMediaRouter, openRecordings, startMedia, type Media } from './start-media.ts';
import { startModeration } from './start-moderation.ts';
import { explainStorageError } from './storage/explain-storage-error.ts';
import { openStorage } from './storage/open-storage.ts';
import type { Storage } from './storage/storage.ts';

const shuttingDown: ErrorResponse = {
  error: 'shutting_down',
  error_description: 'This server is shutting down. Send new calls to another one.',
};

/** A server, ready to listen. */
export interface ParleyServer {
  /** Starts serving requests at `url`. Call it once. */
  listen(): Promise<{ readonly url: string }>;
  /** Answers parked requests, closes every connection and frees all ports. Safe to call twice. */
  close(): Promise<void>;
}

/** Parts that tests and other setups can replace. The server closes the router when it closes. */
export interface ParleyServerParts {
  readonly mediaRouter?: MediaRouter;
  readonly clock?: Clock;
  /** Receives the lines of the log. Default: standard output. */
  readonly logStream?: LogStream;
}

/**
 * Creates the RTC API with its media router, wired but not listening yet.
 *
 * With `config.dataDir` it continues where the previous process on that folder stopped, even after a crash.
 *
 * @throws {@link ConfigError} (`ERR_CONFIG`) when `config.dataDir` cannot be used or another server uses it, or when a
 * UDP port of `config.udpPort` is in use.
 */
export async function createParleyServer(
  config: ParleyServerConfig,
  parts: ParleyServerParts = {},
): Promise<ParleyServer> {
  const limits = { ...defaultLimits, ...config.limits };
  const storage = await openStorage(config.dataDir, limits);
  try {
    return await assemble(config, parts, storage);
  } catch (error) {
    // Otherwise the folder would stay locked until this process exits.
    await storage.close().catch(() => {});
    throw config.dataDir !== undefined && troubleOf(error)
      ? explainStorageError(error, config.dataDir)
      : error;
  }
}

async function assemble(
  config: ParleyServerConfig,
  parts: ParleyServerParts,
  storage: Storage,
): Promise<ParleyServer> {
  const { clock = systemClock } = parts;
  const limits: Limits = { ...defaultLimits, ...config.limits };
  const budget = new LineBudget(clock);
  const readiness = new Readiness({
    clock,
    checkStorage: () => storage.check(),
    onTrouble: ({ code, advice }, error) => {
      app.log.error({ trouble: code, dataDir: config.dataDir, err: error }, advice);
    },
  });
  const logFailure = (error: unknown, log: FastifyBaseLogger, message: string): void => {
    if (readiness.report(error)) return;
    const more = budget.take(message);
    if (more) log.error({ ...more, err: error }, message);
  };
  const app = await createHttpServer({
    logLevel: config.logLevel ?? 'silent',
    logStream: parts.logStream,
    limits,
    corsOrigins: config.corsOrigins,
    trustProxy: config.trustProxy,
    onFailure: (error, log) => {
      logFailure(error, log, 'request failed');
    },
  });
  const onError = (error: unknown): void => {
    logFailure(error, app.log, 'background work failed');
  };
  const mediaLog: MediaLog = (level, message, fields) => {
    const more = level === 'debug' ? {} : budget.take(message);
    if (more) app.log[level]({ ...fields, ...more }, message);
  };

  for (const warning of storage.warnings) app.log.error(warning);
  const rateLimits = config.rateLimits === 'off' ? undefined : { ...defaultRateLimits, ...config.rateLimits };
  const budgets = rateLimits && createUserBudgets(rateLimits);
  const foundation: Foundation = { config, clock, storage, limits, rateLimits, budgets, onError };
  const conferencing = await startConferencing(foundation);
  const auth = await createAuth(config, {
    clock,
    storage,
    onError,
    instanceOf: (conferenceId) => conferencing.conferences.instanceOf(conferenceId),
    limits,
  });
  const mediaRouter = parts.mediaRouter ?? (await openMediaRouter(config, mediaLog));
  const media = startMedia(foundation, conferencing, mediaRouter, await openRecordings(foundation));
  const moderation = startModeration(foundation, conferencing, auth);
  let isClosing = false;
  const unreadiness = async (): Promise<ErrorResponse | undefined> => {
    if (isClosing) return shuttingDown;
    const trouble = await readiness.check();
    return trouble && { error: trouble.code, error_description: trouble.description };
  };
  await serveApi(app, { foundation, auth, conferencing, media, moderation, unreadiness });
  const stopHousekeeping = keepHouse(foundation, auth, media);
  const closeHttp = closeGracefully(app, clock);

  const close = async (): Promise<void> => {
    stopHousekeeping();
    media.stopQuality();
    isClosing = true;
    await sleep(clock, config.shutdownDelayMs ?? 0);
    auth.close();
    // While the conferences can still announce it.
    await media.recordings.close();
    moderation.close();
    // Before the HTTP server, which waits for parked requests.
    await conferencing.close();
    await closeHttp();
    await mediaRouter.close();
    await storage.close();
  };
  let closing: Promise<void> | undefined;
  return {
    listen: () => listen(app, config.host ?? '127.0.0.1', config.port ?? 8787),
    close: () => (closing ??= close()),
  };
}

/** Regularly drops what has expired, until the returned function is called. */
function keepHouse(
  { config, clock, storage, onError }: Foundation,
  auth: Auth,
  { archive }: Media,
): () => void {
  const intervalMs = config.compactionIntervalMs ?? 60 * 60_000;
  const work = async (): Promise<void> => {
    await auth.dropExpired();
    await archive?.dropExpired(clock.now());
    storage.compact();
  };
  return repeatEvery(clock, intervalMs, work, onError);
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<{ readonly url: string }> {
  await app.listen({ host, port });
  const address: AddressInfo | string | null = app.server.address();
  const boundPort = typeof address === 'object' && address ? address.port : '';
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${boundPort}` };
}

/** Resolves after `delayMs`; immediately for 0. */
async function sleep(clock: Clock, delayMs: number): Promise<void> {
  if (delayMs > 0) await new Promise<void>((resolve) => clock.setTimer(resolve, delayMs));
}
