import { randomUUID } from 'node:crypto';
import { clientToken } from '@parley-rtc/client';
import { Caller } from '../api/caller.ts';
import { Observations } from '../api/observations.ts';
import type { MediaPeers } from '../media/media-peers.ts';

/** A feature beyond the 20 operations of the page that a server may offer, or that the user must enable. */
export type Need =
  | 'user endpoints'
  | 'tickets'
  | 'ICE servers'
  | 'view updates'
  | 'revocation'
  | 'messages'
  | 'moderation'
  | 'waiting room'
  | 'entering at once'
  | 'recording'
  | 'media';

/** The server's address and a client's credentials. */
export interface ServerAccess {
  /** Base URL of the server; the API is under `/rtc-api`. */
  readonly server: string;
  /** A client of the server, preferably with the role SERVICE to avoid skipped checks. */
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The server and the features that it offers beyond the page. */
export interface ServerUnderTest extends ServerAccess {
  readonly caller: Caller;
  readonly observations: Observations;
  readonly offers: ReadonlySet<Need>;
  readonly media: MediaPeers | undefined;
}

/** Tokens are renewed at this age, which is below the lifetime of any server's tokens. */
const tokenAgeMs = 60_000;

/**
 * Gets a token and probes for features beyond the page: 404 means that the server lacks a feature.
 *
 * @throws an error of `@parley-rtc/client` if the server issues no token.
 */
export async function meetServer(
  access: ServerAccess,
  media: MediaPeers | undefined,
): Promise<ServerUnderTest> {
  const observations = new Observations();
  const token = kept(clientToken(access));
  // Responses to probes are not breaches, so they are not recorded.
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
  // A server that has these operations refuses an empty body.
  if ((await probe.call('updateViewStream', { body: {} })).status === 400) offers.add('view updates');
  if ((await probe.call('revokeUser', { body: {} })).status === 400) offers.add('revocation');
  if ((await probe.call('sendMessages', { body: {} })).status === 400) offers.add('messages');
  if ((await probe.call('removeParticipant', { body: {} })).status === 400) offers.add('moderation');
  if ((await probe.call('requestEntry', { body: {} })).status === 400) offers.add('waiting room');
  if ((await probe.call('enter', { body: {} })).status === 400) offers.add('entering at once');
  if ((await probe.call('startRecording', { body: {} })).status === 400) offers.add('recording');
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
