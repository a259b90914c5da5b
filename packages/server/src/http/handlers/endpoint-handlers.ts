import type { Conferences } from '../../conferences/conferences.ts';
import { dropParticipant } from '../../conferences/rules/leave-conference.ts';
import { withinOrganization } from '../../conferences/within-organization.ts';
import type { UserEndpoints } from '../../endpoints/user-endpoints.ts';
import type { Handlers } from '../operations.ts';

type Names =
  'registerUserEndpoint' | 'registerUserEndpointLegacy' | 'keepAliveUserEndpoint' | 'unregisterUserEndpoint';

/** Registration and keep-alive of user endpoints. */
export function endpointHandlers(conferences: Conferences, endpoints: UserEndpoints): Handlers<Names> {
  return {
    registerUserEndpoint: ({ body, actor }) => endpoints.register(actor, body),
    registerUserEndpointLegacy: ({ body, actor }) => ({ id: endpoints.register(actor, body) }),
    keepAliveUserEndpoint: ({ body, actor }) => {
      endpoints.requireOwn(actor, body.userEndpointId);
    },
    unregisterUserEndpoint: async ({ body, actor }) => {
      endpoints.unregister(actor, body.userEndpointId);
      const leave = withinOrganization(actor.organizationId, (state, stamp) =>
        dropParticipant(state, body, stamp),
      );
      for (const conferenceId of conferences.conferencesOf(body.userEndpointId)) {
        await conferences.recordUntilDone(conferenceId, leave);
      }
    },
  };
}
