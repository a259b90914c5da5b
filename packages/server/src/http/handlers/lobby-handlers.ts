import type { Actor } from '../../actor.ts';
import type { WaitingRooms } from '../../admission/waiting-rooms.ts';
import type { UserEndpoints } from '../../endpoints/user-endpoints.ts';
import type { WaitingRequests } from '../../push/waiting-requests.ts';
import type { Handlers } from '../operations.ts';

type Names = 'requestEntry' | 'cancelEntry' | 'decideEntry' | 'getWaiting';

/** The waiting room, for those who wait and for moderators. */
export function lobbyHandlers(
  rooms: WaitingRooms,
  endpoints: UserEndpoints,
  waiting: WaitingRequests,
): Handlers<Names> {
  /** Calls `wait` for an endpoint of the actor, which stays alive meanwhile. */
  const park = async <Answer>(
    actor: Actor,
    subject: { readonly conferenceId: string; readonly endpointId: string },
    signal: AbortSignal,
    wait: (signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> => {
    endpoints.requireOwn(actor, subject.endpointId);
    const request = waiting.begin(actor, subject, signal);
    const release = endpoints.holdAlive(actor, subject.endpointId);
    try {
      return await wait(request.signal);
    } finally {
      release();
      request.end();
    }
  };
  return {
    requestEntry: ({ body, actor, signal }) => {
      const subject = { conferenceId: body.conferenceId, endpointId: body.userEndpointId };
      return park(actor, subject, signal, (waitSignal) => rooms.request(body, actor, waitSignal));
    },
    cancelEntry: async ({ body, actor }) => {
      endpoints.requireOwn(actor, body.userEndpointId);
      await rooms.cancel(body, actor);
    },
    decideEntry: ({ body, actor }) => {
      endpoints.requireOwn(actor, body.userEndpointId);
      return rooms.decide(body, actor);
    },
    getWaiting: ({ params, query, actor, signal }) => {
      const subject = { conferenceId: params.id, endpointId: query.userEndpointId };
      return park(actor, subject, signal, (waitSignal) => rooms.list(params.id, query, actor, waitSignal));
    },
  };
}
