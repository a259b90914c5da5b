import type { AddressInfo } from 'node:net';
import type { ErrorResponse } from '@parley-rtc/contract';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { userKeyOf } from './actor.ts';
import { createAuth, type Auth } from './auth/create-auth.ts';
import { systemClock, type Clock } from './clock.ts';
import type { ParleyServerConfig } from './config/parley-server-config.ts';
import { LineBudget } from './health/line-budget.ts';
import { Readiness } from './health/readiness.ts';
import { troubleOf } from './health/trouble.ts';
import { closeGracefully } from './http/close-gracefully.ts';
import { createHttpServer, type LogStream } from './http/http-server.ts';
import { limitRates } from './http/rates/limit-rates.ts';
import { createUserBudgets } from './http/rates/user-budgets.ts';
import { defaultLimits, type Limits } from './limits/limits.ts';
import { defaultRateLimits } from './limits/rate-limits.ts';
import { isRelaying, type MediaLog, type MediaRouter } from './media/media-router.ts';
import { ForwardRequests } from './nodes/forward-requests.ts';
import { NodeMedia } from './nodes/node-media.ts';
import { openConfiguredStorage, StorageReports } from './open-configured-storage.ts';
import { repeatEvery } from './repeat-every.ts';
import { serveApi } from './serve-api.ts';
import { startConferencing, type Foundation } from './start-conferencing.ts';
import { openMediaRouter, openRecordings, startMedia, type Media } from './start-media.ts';
import { startModeration } from './start-moderation.ts';
import { startMqtt } from './start-mqtt.ts';
import { startNode } from './start-node.ts';
import { explainStorageError } from './storage/explain-storage-error.ts';
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
  /** Adds routes that are not the API's, before the server listens. */
  readonly addRoutes?: (app: FastifyInstance) => unknown;
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
  const reports = new StorageReports();
  const storage = await openConfiguredStorage(config, limits, reports);
  try {
    return await assemble(config, parts, storage, reports);
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
  reports: StorageReports,
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
  const logLine: MediaLog = (level, message, fields) => {
    const more = level === 'debug' ? {} : budget.take(message);
    if (more) app.log[level]({ ...fields, ...more }, message);
  };

  for (const warning of storage.warnings) app.log.error(warning);
  reports.begin(onError, (text) => app.log.error(text));
  const rateLimits = config.rateLimits === 'off' ? undefined : { ...defaultRateLimits, ...config.rateLimits };
  const budgets = rateLimits && createUserBudgets(rateLimits, storage.shared?.counts);
  const foundation: Foundation = { config, clock, storage, limits, rateLimits, budgets, onError };
  const conferencing = await startConferencing(foundation);
  const auth = await createAuth(config, {
    clock,
    storage,
    onError,
    instanceOf: (conferenceId) => conferencing.conferences.instanceOf(conferenceId),
    onLoginEnded: (loginId) => conferencing.waiting.endWhere((actor) => actor.loginId === loginId),
    onUserRevoked: (userKey) => conferencing.waiting.endWhere((actor) => userKeyOf(actor) === userKey),
    limits,
  });
  const { shared } = storage;
  const local = parts.mediaRouter ?? (await openMediaRouter(config, logLine));
  const nodeMedia = shared && isRelaying(local) ? new NodeMedia(shared.cluster, local, logLine) : undefined;
  const mediaRouter = nodeMedia?.router ?? local;
  const media = startMedia(foundation, conferencing, mediaRouter, await openRecordings(foundation));
  const moderation = startModeration(foundation, conferencing, auth);
  const load = (): number => nodeMedia?.load ?? media.streams.connectionCount;
  const forwarding = shared && new ForwardRequests(shared.cluster, load);
  const limitUser =
    rateLimits &&
    limitRates(
      app,
      rateLimits,
      shared && { counts: shared.counts, isCounted: (request) => forwarding?.isHop(request) === true },
    );
  const mqtt = await startMqtt(foundation, conferencing, auth, { limitUser, log: logLine });
  let isClosing = false;
  const unreadiness = async (): Promise<ErrorResponse | undefined> => {
    if (isClosing) return shuttingDown;
    const trouble = await readiness.check();
    return trouble && { error: trouble.code, error_description: trouble.description };
  };
  await serveApi(app, {
    foundation,
    auth,
    conferencing,
    media,
    moderation,
    mqtt,
    forwarding,
    limitUser,
    unreadiness,
  });
  await parts.addRoutes?.(app);
  const stopHousekeeping = keepHouse(foundation, auth, media);
  nodeMedia?.serve(app.server);
  const node = startNode(foundation, conferencing, media, forwarding, load);
  const closeHttp = closeGracefully(app, clock);

  const close = async (): Promise<void> => {
    stopHousekeeping();
    media.stopQuality();
    isClosing = true;
    const delayMs = config.shutdownDelayMs ?? 0;
    // Moving takes some of that time.
    if (delayMs > 0) void node.drain();
    await sleep(clock, delayMs);
    await node.stop();
    auth.close();
    // While the conferences can still announce it.
    await media.recordings.close();
    moderation.close();
    // Before the HTTP server, which waits for parked requests.
    await conferencing.close();
    await mqtt.close();
    nodeMedia?.close();
    await closeHttp();
    await mediaRouter.close();
    await storage.shared?.cluster.leave().catch(onError);
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
