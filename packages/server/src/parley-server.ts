import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { FastifyBaseLogger } from 'fastify';
import { AccessTokens } from './auth/access-tokens.ts';
import { Clients } from './auth/clients.ts';
import { ExternalIssuer } from './auth/external-issuer.ts';
import { RefreshTokens } from './auth/refresh-tokens.ts';
import { rememberActors } from './auth/remember-actors.ts';
import { Tickets } from './auth/tickets.ts';
import { TokenGrants } from './auth/token-grants.ts';
import { systemClock, type Clock } from './clock.ts';
import { changeParticipantState } from './conferences/change-participant-state.ts';
import { Conferences } from './conferences/conferences.ts';
import { dropParticipant } from './conferences/leave-conference.ts';
import type { ParleyServerConfig } from './config.ts';
import { UserEndpoints, type UserEndpointsOptions } from './endpoints/user-endpoints.ts';
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
import { createMediaRouter, type EmbeddedMediaRouterOptions } from './media/embedded-media-router.ts';
import type { MediaRouter } from './media/media-router.ts';
import { ServerMetrics } from './metrics/server-metrics.ts';
import { OutsideEvents } from './push/outside-events.ts';
import { Pushes } from './push/pushes.ts';
import { resumeAfterRestart } from './resume-after-restart.ts';
import { keepHouse } from './storage/keep-house.ts';
import { openStorage } from './storage/open-storage.ts';
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
 * @throws {@link ConfigError} (`ERR_CONFIG`) when `config.dataDir` cannot be used or another server uses it.
 */
export async function createParleyServer(
  config: ParleyServerConfig,
  parts: ParleyServerParts = {},
): Promise<ParleyServer> {
  const { host = '127.0.0.1', port = 8787 } = config;
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

  const storage = await openStorage(config.dataDir);
  const accessTokens = await AccessTokens.create({
    clock,
    lifetimeSeconds: config.accessTokenSeconds ?? 15 * 60,
    keys: storage.signingKeys,
    keyRotationSeconds: config.keyRotationSeconds ?? 24 * 60 * 60,
    ...(config.externalIssuer && { externalIssuer: new ExternalIssuer(config.externalIssuer, clock) }),
  });
  const refreshTokens = new RefreshTokens({
    clock,
    lifetimeMs: (config.refreshTokenSeconds ?? 24 * 60 * 60) * 1000,
    records: storage.refreshTokens,
    onError,
  });
  const tickets = new Tickets({
    clock,
    records: storage.tickets,
    expiredRetentionMs: config.expiredTicketRetentionMs ?? 24 * 60 * 60_000,
  });
  const grants = new TokenGrants({
    clients: new Clients(config.clients),
    tickets,
    accessTokens,
    refreshTokens,
  });

  const mediaRouter = parts.mediaRouter ?? createMediaRouter(mediaOptions(config, app.log));
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
  const endpoints = createEndpoints(conferences, { clock, records: storage.userEndpoints, limits, onError });
  await resumeAfterRestart(conferences, endpoints);
  const streams = new Streams({ conferences, mediaRouter, newId: randomUUID, onError, limits });
  const outside = new OutsideEvents(clock);
  const pushes = new Pushes({ conferences, log: storage.log, outside, clock });
  const onSent = (event: object): void => {
    app.log.debug({ event }, 'event sent');
  };

  const metrics = new ServerMetrics({
    conferences: () => conferences.ongoing(),
    viewCount: () => streams.viewCount,
  });
  meterRequests(app, document.operations, metrics);
  const limitUser =
    config.rateLimits === 'off' ? undefined : limitRates(app, { ...defaultRateLimits, ...config.rateLimits });
  let isReady = true;
  addServiceRoutes(app, {
    documentText: document.text,
    keySet: () => accessTokens.keySet(),
    isReady: () => isReady,
    metricsText: () => metrics.text(),
    metricsToken: config.metricsToken,
  });
  await addApiPage(app, document);
  const authenticate = rememberActors((authorization) => accessTokens.authenticate(authorization), clock);
  addOpenapiRoutes(
    app,
    document,
    {
      ...conferenceHandlers(conferences, endpoints),
      ...conferenceReadingHandlers(conferences, endpoints),
      ...pushHandlers({ conferences, endpoints, outside, pushes, clock, onSent }),
      ...streamHandlers(conferences, streams, endpoints),
      ...endpointHandlers(conferences, endpoints),
      ...securityHandlers(grants, tickets),
      ...iceHandlers(config.iceServers ?? []),
    },
    async (authorization) => {
      const actor = await authenticate(authorization);
      await limitUser?.(actor);
      return actor;
    },
  );

  const stopHousekeeping = keepHouse(
    clock,
    config.compactionIntervalMs ?? 60 * 60_000,
    async () => {
      await tickets.dropExpired();
      storage.compact();
    },
    onError,
  );
  const closeHttp = closeGracefully(app, clock);
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    stopHousekeeping();
    isReady = false;
    await sleep(clock, config.shutdownDelayMs ?? 0);
    endpoints.close();
    refreshTokens.close();
    conferences.close();
    // Before the HTTP server, because that waits for parked requests.
    pushes.close();
    await storage.log.close();
    await closeHttp();
    await mediaRouter.close();
    await storage.close();
  };
  return {
    listen: async () => {
      await app.listen({ host, port });
      return { url: urlOf(host, app.server.address()) };
    },
    close: () => (closing ??= close()),
  };
}

/** Resolves after `delayMs`; at once for 0. */
async function sleep(clock: Clock, delayMs: number): Promise<void> {
  if (delayMs > 0) await new Promise<void>((resolve) => clock.setTimer(resolve, delayMs));
}

/** Endpoints whose silence the conferences hear of. */
function createEndpoints(
  conferences: Conferences,
  kept: Pick<UserEndpointsOptions, 'clock' | 'records' | 'limits' | 'onError'>,
): UserEndpoints {
  type Rule = Parameters<Conferences['record']>[1];
  const recordEverywhere = (userEndpointId: string, rule: Rule): void => {
    for (const conferenceId of conferences.conferencesOf(userEndpointId)) {
      conferences.record(conferenceId, rule).catch(kept.onError);
    }
  };
  return new UserEndpoints({
    ...kept,
    newId: randomUUID,
    onHealthChanged: (userEndpointId, health) => {
      recordEverywhere(userEndpointId, (state, stamp) =>
        changeParticipantState(state, { userEndpointId, state: health }, stamp),
      );
    },
    onSilent: (userEndpointId) => {
      recordEverywhere(userEndpointId, (state, stamp) =>
        dropParticipant(state, { userEndpointId, reason: 'No sign of life' }, stamp),
      );
    },
  });
}

/**
 * Media takes all interfaces even where the API listens on loopback alone: Firefox never sends to 127.0.0.1, so a call on
 * one machine goes over its network address. Whoever has no answer from the API gets nothing out of these sockets.
 */
function mediaOptions(
  { announcedAddress, udpPort }: ParleyServerConfig,
  log: FastifyBaseLogger,
): EmbeddedMediaRouterOptions {
  return {
    ...(announcedAddress !== undefined && { announcedAddress }),
    ...(udpPort !== undefined && { udpPort }),
    log: (level, message, fields) => {
      log[level](fields, message);
    },
  };
}

function urlOf(host: string, address: AddressInfo | string | null): string {
  const port = typeof address === 'object' && address ? address.port : '';
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
