import { randomUUID } from 'node:crypto';
import { clientToken } from '@parley-rtc/client';
import { Caller } from './api/caller.ts';
import { Observations } from './api/observations.ts';
import type { Need } from './check.ts';
import type { MediaPeers } from './media/media-peers.ts';

/** How to get at a server. */
export interface ServerAccess {
  /** Address of the server; the API lives below it under `/rtc-api`. */
  readonly server: string;
  /** A client that the server knows; its role should be SERVICE, so that nothing has to be skipped. */
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The server and what it offers beyond the page. */
export interface ServerUnderTest extends ServerAccess {
  readonly caller: Caller;
  readonly observations: Observations;
  readonly offers: ReadonlySet<Need>;
  readonly media: MediaPeers | undefined;
}

/** A token is asked for anew when it is older than this, and every server's lives longer. */
const tokenAgeMs = 60_000;

/**
 * Gets a token and probes what the server has beyond the page: 404 means that it lacks it.
 *
 * @throws an error of `@parley-rtc/client` when there is no token to be had.
 */
export async function meetServer(
  access: ServerAccess,
  media: MediaPeers | undefined,
): Promise<ServerUnderTest> {
  const observations = new Observations();
  const token = kept(clientToken(access));
  // What the probes are answered is no breach, so it is not observed.
  const probe = new Caller(access.server, new Observations(), token);
  const has = async (operationId: string, asked: object): Promise<boolean> =>
    (await probe.call(operationId, asked)).status < 300;
  const offers = new Set<Need>();
  const userEndpointId = randomUUID();
  if (await has('registerUserEndpoint', { body: { userEndpointId, keepAliveSeconds: 60 } })) {
    offers.add('user endpoints');
    await probe.call('unregisterUserEndpoint', { body: { userEndpointId } });
  }
  if (await has('getIceServers', {})) offers.add('ICE servers');
  // An empty body is a mistake to those who know the call.
  if ((await probe.call('updateViewStream', { body: {} })).status === 400) offers.add('view updates');
  const ticket = { type: 'MULTI_USE_TICKET', ttl: 60, properties: { conference_id: randomUUID() } };
  if (await has('createTicket', { body: ticket })) offers.add('tickets');
  if (media) offers.add('media');
  const caller = new Caller(access.server, observations, token);
  return { ...access, caller, observations, offers, media };
}

function kept(request: () => Promise<string>): () => Promise<string> {
  let token: Promise<string> | undefined;
  let requestedAt = 0;
  return () => {
    if (token === undefined || performance.now() - requestedAt > tokenAgeMs) {
      requestedAt = performance.now();
      token = request();
    }
    return token;
  };
}
