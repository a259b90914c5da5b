import type { ErrorResponse } from '@parley-rtc/contract';
import type { FastifyInstance } from 'fastify';
import type { Actor } from './actor.ts';
import type { Auth } from './auth/create-auth.ts';
import type { Conferences } from './conferences/conferences.ts';
import { addApiPage } from './http/api-page.ts';
import { conferenceHandlers } from './http/handlers/conference-handlers.ts';
import { conferenceReadingHandlers } from './http/handlers/conference-reading-handlers.ts';
import { endpointHandlers } from './http/handlers/endpoint-handlers.ts';
import { enterHandlers } from './http/handlers/enter-handlers.ts';
import { iceHandlers } from './http/handlers/ice-handlers.ts';
import { lobbyHandlers } from './http/handlers/lobby-handlers.ts';
import { moderationHandlers } from './http/handlers/moderation-handlers.ts';
import { pushHandlers } from './http/handlers/push-handlers.ts';
import { recordingHandlers } from './http/handlers/recording-handlers.ts';
import { securityHandlers } from './http/handlers/security-handlers.ts';
import { streamHandlers } from './http/handlers/stream-handlers.ts';
import { meterRequests } from './http/meter-requests.ts';
import { readOpenapiDocument } from './http/openapi-document.ts';
import { addOpenapiRoutes, type Authenticate, type NodeHooks } from './http/openapi-routes.ts';
import type { Handlers } from './http/operations.ts';
import { LoginGuard } from './http/rates/login-guard.ts';
import { addServiceRoutes } from './http/service-routes.ts';
import { addWebSocketRoute } from './http/web-socket-route.ts';
import { MediaError } from './media/media-router.ts';
import { ServerMetrics } from './metrics/server-metrics.ts';
import type { Moderation } from './moderation/moderation.ts';
import type { MqttServer } from './mqtt/mqtt-server.ts';
import type { ForwardRequests } from './nodes/forward-requests.ts';
import type { Conferencing, Foundation } from './start-conferencing.ts';
import type { Media } from './start-media.ts';

/** What the routes serve. */
export interface ServedParts {
  readonly foundation: Foundation;
  readonly auth: Auth;
  readonly conferencing: Conferencing;
  readonly media: Media;
  readonly moderation: Moderation;
  readonly mqtt: Pick<MqttServer, 'accept' | 'admit' | 'facts'>;
  /** Passes requests about streams on to the nodes that have them; undefined for a server of its own. */
  readonly forwarding: ForwardRequests | undefined;
  /** Counts a call of a user; undefined without rate limits. */
  readonly limitUser: ((actor: Actor) => Promise<void>) | undefined;
  /** Why new calls should go elsewhere; undefined when they should come to this server. */
  readonly unreadiness: () => Promise<ErrorResponse | undefined>;
}

/** Where official clients look for MQTT. */
const mqttRoute = { path: '/ws', subprotocol: 'mqtt' } as const;

/** Adds every route to `app`: the API, its page, and what operators use. */
export async function serveApi(app: FastifyInstance, parts: ServedParts): Promise<void> {
  const { foundation, auth, conferencing, media, mqtt, forwarding, limitUser, unreadiness } = parts;
  const { config, clock, limits, rateLimits, storage } = foundation;
  const { shared } = storage;
  const document = readOpenapiDocument();
  const metrics = new ServerMetrics({
    conferences: () => conferencing.conferences.ongoing(),
    streamCount: shared && (() => media.streams.publications.all().length),
    viewCount: () => media.streams.views.count,
    mediaFacts: () => media.mediaRouter.facts(),
    mqtt: () => mqtt.facts(),
    now: () => clock.elapsedMs(),
  });
  meterRequests(app, document.operations, metrics, mqttRoute.path);
  const guard =
    rateLimits &&
    new LoginGuard(
      rateLimits,
      () => clock.elapsedMs(),
      shared && { counts: shared.counts, failures: shared.sharing.channel('failed logins') },
    );
  addServiceRoutes(app, {
    documentText: document.text,
    keySet: () => auth.accessTokens.keySet(),
    unreadiness,
    metricsText: () => metrics.text(),
    metricsToken: config.metricsToken,
  });
  await addApiPage(app, document);
  const authenticate: Authenticate = async (authorization, request) => {
    const actor = await auth.authenticate(authorization);
    if (forwarding?.isHop(request) !== true) await limitUser?.(actor);
    return actor;
  };
  const nodes: NodeHooks | undefined = shared &&
    forwarding && {
      before: () => shared.sharing.caughtUp(),
      forward: (operationId, request, body) => forwarding.forward(operationId, request, body),
      forwardRefused: async (error, operationId, request, body) =>
        error instanceof MediaError && error.code === 'overloaded'
          ? forwarding.forwardElsewhere(operationId, request, body)
          : undefined,
      after: () => shared.sharing.flushed(),
    };
  app.addHook('onClose', () => forwarding?.close());
  addOpenapiRoutes(app, document, handlersOf(parts, app, guard), authenticate, nodes);
  await addWebSocketRoute(app, { ...mqttRoute, maxMessageBytes: limits.mqttPacketBytes, server: mqtt });
}

function handlersOf(
  { foundation, auth, conferencing, media, moderation }: ServedParts,
  app: FastifyInstance,
  guard: LoginGuard | undefined,
): Handlers {
  const { config, clock, budgets } = foundation;
  const { conferences, endpoints, outside, messages, pushes, waiting } = conferencing;
  const onSent = ({ type }: { readonly type?: unknown }): void => {
    // Not the event: what the masks leave of it is still data of users.
    app.log.debug({ type }, 'event sent');
  };
  const commands = conferenceHandlers(conferences, endpoints, async (actor, state, endpointId) => {
    await bindLogin(actor, auth, conferences);
    await moderation.entered(state, endpointId, actor);
  });
  const reading = conferenceReadingHandlers(conferences, endpoints, messages, waiting);
  const endpointCommands = endpointHandlers(conferences, endpoints);
  return {
    ...commands,
    ...reading,
    ...endpointCommands,
    ...enterHandlers({ ...commands, ...reading, ...endpointCommands }),
    ...pushHandlers({ conferences, endpoints, outside, messages, pushes, waiting, clock, onSent }),
    ...streamHandlers(conferences, media.streams, endpoints, budgets?.takeMediaSetup),
    ...recordingHandlers(media.recordings, media.recordingAccess, endpoints),
    ...moderationHandlers(moderation, endpoints),
    ...lobbyHandlers(conferencing.waitingRooms, endpoints, waiting),
    ...securityHandlers(auth, { endpoints, waiting }, guard),
    ...iceHandlers(config.iceServers ?? [], config.turn, clock),
  };
}

/** Ties a ticket holder's login to the conference that it entered, so that it ends with that conference. */
async function bindLogin(actor: Actor, auth: Auth, conferences: Conferences): Promise<void> {
  const { loginId, conferenceId, conferenceInstance } = actor;
  if (loginId === undefined || conferenceId === undefined || conferenceInstance !== undefined) return;
  const instance = await conferences.instanceOf(conferenceId);
  if (instance) await auth.logins.bind(loginId, instance.id);
}
