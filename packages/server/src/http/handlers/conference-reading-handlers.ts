import { conferenceToSimpleView, conferenceToWire } from '@parley-rtc/contract';
import type { Conferences } from '../../conferences/conferences.ts';
import type { UserEndpoints } from '../../endpoints/user-endpoints.ts';
import type { WaitingRequests } from '../../push/waiting-requests.ts';
import type { Handlers } from '../operations.ts';
import { oncePerState } from '../shared-answers.ts';

type Names = 'getActive' | 'getConference' | 'getSimpleView' | 'getEvents';

/** Reads of conferences and their events. */
export function conferenceReadingHandlers(
  conferences: Conferences,
  endpoints: UserEndpoints,
  waiting: WaitingRequests,
): Handlers<Names> {
  const wireOf = oncePerState(conferenceToWire);
  const simpleViewOf = oncePerState(conferenceToSimpleView);
  return {
    getActive: async ({ actor }) => (await conferences.active(actor)).map(conferenceToWire),
    getConference: async ({ params, actor }) => wireOf(await conferences.get(params.id, actor)),
    getSimpleView: async ({ params, actor }) => simpleViewOf(await conferences.get(params.id, actor)),
    getEvents: async ({ params, query, actor, signal }) => {
      const request = waiting.begin(actor, query.userEndpointId, signal);
      const position = { version: query.v, versionId: query.versionId };
      try {
        const release = endpoints.holdAlive(actor, query.userEndpointId);
        const events = conferences.events(params.id, position, actor, request.signal);
        return await events.finally(release);
      } finally {
        request.end();
      }
    },
  };
}
