import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { createAuth } from './auth/create-auth.ts';
import { systemClock, type Clock } from './clock.ts';
import { Conferences } from './conferences/conferences.ts';
import type { ParleyServerConfig } from './config/parley-server-config.ts';
import { watchEndpoints } from './endpoints/watch-endpoints.ts';
import { addApiPage } from './http/api-page.ts';
import { closeGracefully } from './http/close-gracefully.ts';
import { conferenceHandlers } from './http/conference-handlers.ts';
import { conferenceReadingHandlers } from './http/conference-reading-handlers.ts';
import { endpointHandlers } from './http/endpoint-handlers.ts';
import { createHttpServer } from './http/http-server.ts';
import { iceHandlers } from './http/ice-handlers.ts';
import { limitRates } from './http/limit-rates.ts';
import { meterRequests } from './http/meter-requests.ts';
import { readOpenapiDocument } from './http/openapi-document.ts';
import { addOpenapiRoutes } from './http/openapi-routes.ts';
import { pushHandlers } from './http/push-handlers.ts';
import { securityHandlers } from './http/security-handlers.ts';
import { addServiceRoutes } from './http/service-routes.ts';
import { streamHandlers } from './http/stream-handlers.ts';
import { defaultLimits, type Limits } from './limits/limits.ts';
import { defaultRateLimits } from './limits/rate-limits.ts';
import { createMediaRouter, type MediaRouterOptions } from './media/create-media-router.ts';
import type { MediaRouter } from './media/media-router.ts';
import { mediaOptions } from './media-options.ts';
import { ServerMetrics } from './metrics/server-metrics.ts';
import { OutsideEvents } from './push/outside-events.ts';
import { Pushes } from './push/pushes.ts';
import { announceQuality } from './quality/announce-quality.ts';
import { repeatEvery } from './repeat-every.ts';
import { requireFreeUdpPorts } from './require-free-udp-ports.ts';
import { resumeAfterRestart } from './resume-after-restart.ts';
import { openStorage } from './storage/open-storage.ts';
import type { Storage } from './storage/storage.ts';
import { announceLayers } from './streams/announce-layers.ts';
import { Streams } from './streams/streams.ts';

/** A server that is ready to listen. */
export interface ParleyServer {
  /** Starts to take requests; `url` is where. Call it once. */
  listen(): Promise<{ readonly url: string }>;
  /** Answers what is parked, closes every connection and frees all ports. Safe to call twice. */
  close(): Promise<void>;
}

/** Parts that tests and other set-ups may bring. The server closes the router with itself. */
export interface ParleyServerParts {
  readonly mediaRouter?: MediaRouter;
  readonly clock?: Clock;
}

/**
 * The RTC API with its media router, wired but not listening yet.
 *
 * With `config.dataDir` it goes on where the former process on that folder ended, whatever ended it.
 *
 * @throws {@link ConfigError} (`ERR_CONFIG`) when `config.dataDir` cannot be used or another server uses it, or when
 * a UDP port of `config.udpPort` is in use.
 */
export async function createParleyServer(
  config: ParleyServerConfig,
  parts: ParleyServerParts = {},
): Promise<ParleyServer> {
  const storage = await openStorage(config.dataDir);
  try {
    return await assemble(config, parts, storage);
  } catch (error) {
    // Or nobody could open the folder for as long as this process lives.
    await storage.close();
    throw error;
  }
}

async function assemble(
  config: ParleyServerConfig,
  parts: ParleyServerParts,
  storage: Storage,
): Promise<ParleyServer> {
  const { host = '127.0.0.1' } = config;
  const { clock = systemClock } = parts;
  const document = readOpenapiDocument();
  const limits: Limits = { ...defaultLimits, ...config.limits };
  const app = await createHttpServer({
    logLevel: config.logLevel ?? 'silent',
    limits,
    corsOrigins: config.corsOrigins,
    trustProxy: config.trustProxy,
  });
  const onError = (error: unknown): void => {
    app.log.error({ err: error }, 'background work failed');
  };

  const auth = await createAuth(config, { clock, storage, onError });
  const conferences = new Conferences({
    log: storage.log,
    clock,
    newId: randomUUID,
    pollTimeoutMs: config.pollTimeoutMs ?? 20_000,
    endedRetentionMs: config.endedRetentionMs ?? 5 * 60_000,
    onError,
    limits,
    ...(config.activeListLimit !== undefined && { activeListLimit: config.activeListLimit }),
  });
  const endpoints = watchEndpoints(conferences, { clock, records: storage.userEndpoints, limits, onError });
  await resumeAfterRestart(conferences, endpoints);
  const mediaRouter = parts.mediaRouter ?? (await startMediaRouter(mediaOptions(config, app.log)));
  const streams = new Streams({ conferences, mediaRouter, newId: randomUUID, onError, limits });
  const outside = new OutsideEvents(clock);
  announceLayers({
    conferences,
    mediaRouter,
    publications: streams.publications,
    outside,
    stamp: () => ({ nowMs: clock.now(), newId: randomUUID }),
    onError,
  });
  const stopQuality = announceQuality({
    clock,
    intervalMs: config.qualityIntervalMs ?? 10_000,
    facts: () => mediaRouter.facts(),
    ownerOf: (facts) => streams.ownerOf(facts),
    find: (conferenceId) => conferences.find(conferenceId),
    outside,
    newId: randomUUID,
    onError,
  });
  const pushes = new Pushes({ conferences, log: storage.log, outside, clock });
  const onSent = (event: object): void => {
    app.log.debug({ event }, 'event sent');
  };

  const metrics = new ServerMetrics({
    conferences: () => conferences.ongoing(),
    viewCount: () => streams.views.count,
    mediaFacts: () => mediaRouter.facts(),
  });
  meterRequests(app, document.operations, metrics);
  const limitUser =
    config.rateLimits === 'off' ? undefined : limitRates(app, { ...defaultRateLimits, ...config.rateLimits });
  let isReady = true;
  addServiceRoutes(app, {
    documentText: document.text,
    keySet: () => auth.accessTokens.keySet(),
    isReady: () => isReady,
    metricsText: () => metrics.text(),
    metricsToken: config.metricsToken,
  });
  await addApiPage(app, document);
  addOpenapiRoutes(
    app,
    document,
    {
      ...conferenceHandlers(conferences, endpoints),
      ...conferenceReadingHandlers(conferences, endpoints),
      ...pushHandlers({ conferences, endpoints, outside, pushes, clock, onSent }),
      ...streamHandlers(conferences, streams, endpoints),
      ...endpointHandlers(conferences, endpoints),
      ...securityHandlers(auth.grants, auth.tickets),
      ...iceHandlers(config.iceServers ?? [], config.turn, clock),
    },
    async (authorization) => {
      const actor = await auth.authenticate(authorization);
      await limitUser?.(actor);
      return actor;
    },
  );

  const stopHousekeeping = repeatEvery(
    clock,
    config.compactionIntervalMs ?? 60 * 60_000,
    async () => {
      await auth.tickets.dropExpired();
      storage.compact();
    },
    onError,
  );
  const closeHttp = closeGracefully(app, clock);
  const close = async (): Promise<void> => {
    stopHousekeeping();
    stopQuality();
    isReady = false;
    await sleep(clock, config.shutdownDelayMs ?? 0);
    endpoints.close();
    auth.close();
    conferences.close();
    // Before the HTTP server, because that waits for parked requests.
    pushes.close();
    await storage.log.close();
    await closeHttp();
    await mediaRouter.close();
    await storage.close();
  };
  let closing: Promise<void> | undefined;
  return {
    listen: () => listen(app, host, config.port ?? 8787),
    close: () => (closing ??= close()),
  };
}

async function startMediaRouter(options: MediaRouterOptions): Promise<MediaRouter> {
  await requireFreeUdpPorts(options);
  return createMediaRouter(options);
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<{ readonly url: string }> {
  await app.listen({ host, port });
  const address: AddressInfo | string | null = app.server.address();
  const boundPort = typeof address === 'object' && address ? address.port : '';
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${boundPort}` };
}

/** Resolves after `delayMs`; at once for 0. */
async function sleep(clock: Clock, delayMs: number): Promise<void> {
  if (delayMs > 0) await new Promise<void>((resolve) => clock.setTimer(resolve, delayMs));
}
