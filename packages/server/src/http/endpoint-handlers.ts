import type { Conferences } from '../conferences/conferences.ts';
import { dropParticipant } from '../conferences/leave-conference.ts';
import type { UserEndpoints } from '../endpoints/user-endpoints.ts';
import type { Handlers } from './operations.ts';

type Names =
  'registerUserEndpoint' | 'registerUserEndpointLegacy' | 'keepAliveUserEndpoint' | 'unregisterUserEndpoint';

/** The life of user endpoints. */
export function endpointHandlers(conferences: Conferences, endpoints: UserEndpoints): Handlers<Names> {
  return {
    registerUserEndpoint: ({ body, actor }) => endpoints.register(actor, body),
    registerUserEndpointLegacy: ({ body, actor }) => ({ id: endpoints.register(actor, body) }),
    keepAliveUserEndpoint: ({ body, actor }) => {
      endpoints.requireOwn(actor, body.userEndpointId);
    },
    unregisterUserEndpoint: async ({ body, actor }) => {
      endpoints.unregister(actor, body.userEndpointId);
      for (const conferenceId of conferences.conferencesOf(body.userEndpointId)) {
        await conferences.record(conferenceId, (state, stamp) => dropParticipant(state, body, stamp));
      }
    },
  };
}
