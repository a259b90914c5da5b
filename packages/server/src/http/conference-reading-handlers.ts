import { conferenceToSimpleView, conferenceToWire } from '@parley-rtc/contract';
import type { Conferences } from '../conferences/conferences.ts';
import type { UserEndpoints } from '../endpoints/user-endpoints.ts';
import type { Handlers } from './operations.ts';

type Names = 'getActive' | 'getConference' | 'getSimpleView' | 'getEvents';

/** The reads of a conference. */
export function conferenceReadingHandlers(
  conferences: Conferences,
  endpoints: UserEndpoints,
): Handlers<Names> {
  return {
    getActive: async ({ actor }) => (await conferences.active(actor)).map(conferenceToWire),
    getConference: async ({ params, actor }) => conferenceToWire(await conferences.get(params.id, actor)),
    getSimpleView: async ({ params, actor }) =>
      conferenceToSimpleView(await conferences.get(params.id, actor)),
    getEvents: async ({ params, query, actor, signal }) => {
      const release = endpoints.holdAlive(actor, query.userEndpointId);
      try {
        return await conferences.events(params.id, query.v, actor, signal);
      } finally {
        release();
      }
    },
  };
}
