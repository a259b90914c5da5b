import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { FastifyBaseLogger } from 'fastify';
import { AccessTokens } from './auth/access-tokens.ts';
import { Clients } from './auth/clients.ts';
import { ExternalIssuer } from './auth/external-issuer.ts';
import { RefreshTokens } from './auth/refresh-tokens.ts';
import { Tickets } from './auth/tickets.ts';
import { TokenGrants } from './auth/token-grants.ts';
import { systemClock, type Clock } from './clock.ts';
import { changeParticipantState } from './conferences/change-participant-state.ts';
import { Conferences } from './conferences/conferences.ts';
import { dropParticipant } from './conferences/leave-conference.ts';
import type { ParleyServerConfig } from './config.ts';
import { UserEndpoints } from './endpoints/user-endpoints.ts';
import { openEventLog } from './event-log/open-event-log.ts';
import { closeGracefully } from './http/close-gracefully.ts';
import { conferenceHandlers } from './http/conference-handlers.ts';
import { conferenceReadingHandlers } from './http/conference-reading-handlers.ts';
import { endpointHandlers } from './http/endpoint-handlers.ts';
import { createHttpServer } from './http/http-server.ts';
import { iceHandlers } from './http/ice-handlers.ts';
import { readOpenapiDocument } from './http/openapi-document.ts';
import { addOpenapiRoutes } from './http/openapi-routes.ts';
import { securityHandlers } from './http/security-handlers.ts';
import { addServiceRoutes } from './http/service-routes.ts';
import { streamHandlers } from './http/stream-handlers.ts';
import { createMediaRouter, type EmbeddedMediaRouterOptions } from './media/embedded-media-router.ts';
import type { MediaRouter } from './media/media-router.ts';
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
 * @throws {@link ConfigError} (`ERR_CONFIG`) when `config.dataDir` is set (not possible yet).
 */
export async function createParleyServer(
  config: ParleyServerConfig,
  parts: ParleyServerParts = {},
): Promise<ParleyServer> {
  const { host = '127.0.0.1', port = 8787 } = config;
  const { clock = systemClock } = parts;
  const log = openEventLog(config.dataDir);
  const document = readOpenapiDocument();
  const app = await createHttpServer(config.logLevel ?? 'silent');
  const onError = (error: unknown): void => {
    app.log.error({ err: error }, 'background work failed');
  };

  const accessTokens = await AccessTokens.create({
    clock,
    lifetimeSeconds: config.accessTokenSeconds ?? 15 * 60,
    keyRotationSeconds: config.keyRotationSeconds ?? 24 * 60 * 60,
    ...(config.externalIssuer && { externalIssuer: new ExternalIssuer(config.externalIssuer, clock) }),
  });
  const refreshTokens = new RefreshTokens(clock, (config.refreshTokenSeconds ?? 24 * 60 * 60) * 1000);
  const tickets = new Tickets(clock);
  const grants = new TokenGrants({
    clients: new Clients(config.clients),
    tickets,
    accessTokens,
    refreshTokens,
  });

  const mediaRouter = parts.mediaRouter ?? createMediaRouter(mediaOptions(config, host, app.log));
  const conferences = new Conferences({
    log,
    clock,
    newId: randomUUID,
    pollTimeoutMs: config.pollTimeoutMs ?? 20_000,
    endedRetentionMs: config.endedRetentionMs ?? 5 * 60_000,
    ...(config.activeListLimit !== undefined && { activeListLimit: config.activeListLimit }),
  });
  const endpoints = createEndpoints(conferences, clock, onError);
  const streams = new Streams({ conferences, mediaRouter, newId: randomUUID, onError });

  addServiceRoutes(app, { documentText: document.text, keySet: () => accessTokens.keySet() });
  addOpenapiRoutes(
    app,
    document,
    {
      ...conferenceHandlers(conferences, endpoints),
      ...conferenceReadingHandlers(conferences, endpoints),
      ...streamHandlers(conferences, streams, endpoints),
      ...endpointHandlers(conferences, endpoints),
      ...securityHandlers(grants, tickets),
      ...iceHandlers(config.iceServers ?? []),
    },
    (authorization) => accessTokens.authenticate(authorization),
  );

  const closeHttp = closeGracefully(app, clock);
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    endpoints.close();
    refreshTokens.close();
    // Before the HTTP server, because that waits for parked requests.
    await log.close();
    await closeHttp();
    await mediaRouter.close();
  };
  return {
    listen: async () => {
      await app.listen({ host, port });
      return { url: urlOf(host, app.server.address()) };
    },
    close: () => (closing ??= close()),
  };
}

/** Endpoints whose silence the conferences hear of. */
function createEndpoints(
  conferences: Conferences,
  clock: Clock,
  onError: (error: unknown) => void,
): UserEndpoints {
  type Rule = Parameters<Conferences['record']>[1];
  const recordEverywhere = (userEndpointId: string, rule: Rule): void => {
    for (const conferenceId of conferences.conferencesOf(userEndpointId)) {
      conferences.record(conferenceId, rule).catch(onError);
    }
  };
  return new UserEndpoints({
    clock,
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

function mediaOptions(
  { announcedAddress, udpPort }: ParleyServerConfig,
  host: string,
  log: FastifyBaseLogger,
): EmbeddedMediaRouterOptions {
  const isLocalOnly = host === '127.0.0.1' || host === 'localhost';
  return {
    ...(isLocalOnly && { bindAddress: '127.0.0.1' }),
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
