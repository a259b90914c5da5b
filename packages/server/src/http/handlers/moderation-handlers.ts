import type { UserEndpoints } from '../../endpoints/user-endpoints.ts';
import type { Moderation } from '../../moderation/moderation.ts';
import type { Handlers } from '../operations.ts';

type Names = 'removeParticipant' | 'muteParticipant' | 'updatePermissions' | 'updateAdmission';

/** What moderators do. Their endpoint need not have joined: back ends moderate, too. */
export function moderationHandlers(
  moderation: Moderation,
  endpoints: Pick<UserEndpoints, 'requireOwn'>,
): Handlers<Names> {
  return {
    removeParticipant: async ({ body, actor }) => {
      endpoints.requireOwn(actor, body.userEndpointId);
      await moderation.remove(body, actor);
    },
    muteParticipant: async ({ body, actor }) => {
      endpoints.requireOwn(actor, body.userEndpointId);
      await moderation.mute(body, actor);
    },
    updatePermissions: async ({ body, actor }) => {
      endpoints.requireOwn(actor, body.userEndpointId);
      await moderation.setPermissions(body, actor);
    },
    updateAdmission: async ({ body, actor }) => {
      endpoints.requireOwn(actor, body.userEndpointId);
      await moderation.setAdmission(body, actor);
    },
  };
}
