import type { Participant, StreamType, WireConference } from '@parley-rtc/contract';
import { Caller, startTestServer, type Answer, type TestServer } from './test-server.ts';

/** Someone inside, with an endpoint. */
interface Inside {
  readonly caller: Caller;
  readonly userEndpointId: string;
  /** The code of the ticket, for a guest. */
  readonly ticket?: string;
}

/** A conference with a host, who is staff, and functions that add guests. */
export interface ModeratedCall extends TestServer {
  readonly conferenceId: string;
  readonly host: Inside;
  /** Logs in with a fresh ticket of these properties. */
  readonly redeem: (properties?: object) => Promise<{ readonly caller: Caller; readonly ticket: string }>;
  /** The same, and joins. */
  readonly enter: (properties?: object) => Promise<Inside>;
  /** What the host does, as a body without conference and endpoint. */
  readonly moderate: (operationId: string, body: object, by?: Inside) => Promise<Answer<{ error?: string }>>;
  readonly state: () => Promise<WireConference>;
  /** A participant as the host sees it. */
  readonly participant: (endpointId: string) => Promise<Partial<Participant> | undefined>;
  readonly publish: (who: Inside, type?: StreamType) => Promise<string>;
}

/** Starts a server with one such conference. */
export async function startModeratedCall(
  ...args: Parameters<typeof startTestServer>
): Promise<ModeratedCall> {
  const server = await startTestServer(...args);
  const { service, requestToken, url } = server;
  const conferenceId = await service.create();
  const host = { caller: service, userEndpointId: await service.join(conferenceId) };
  const redeem: ModeratedCall['redeem'] = async (properties = {}) => {
    const { id: ticket } = await service.do<{ readonly id: string }>('createTicket', {
      body: { type: 'MULTI_USE_TICKET', properties: { conference_id: conferenceId, ...properties } },
    });
    const { body } = await requestToken({ grant_type: 'password', username: ticket }, 'customer:');
    return { caller: new Caller(url, body), ticket };
  };
  const state = () => service.do<WireConference>('getConference', { params: { id: conferenceId } });
  return {
    ...server,
    conferenceId,
    host,
    redeem,
    enter: async (properties) => {
      const { caller, ticket } = await redeem(properties);
      return { caller, ticket, userEndpointId: await caller.join(conferenceId) };
    },
    moderate: (operationId, body, { caller, userEndpointId } = host) =>
      caller.call(operationId, { body: { conferenceId, userEndpointId, ...body } }),
    state,
    participant: async (endpointId) =>
      (await state()).participants?.find(({ id }) => id === endpointId) as Partial<Participant> | undefined,
    publish: ({ caller, userEndpointId }, type) => caller.publish(conferenceId, userEndpointId, type),
  };
}
