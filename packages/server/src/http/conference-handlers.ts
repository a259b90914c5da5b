import type { ConferenceState, ConferenceSummary } from '@parley-rtc/contract';
import type { Conferences } from '../conferences/conferences.ts';
import { endConference } from '../conferences/end-conference.ts';
import { joinConference } from '../conferences/join-conference.ts';
import { leaveConference } from '../conferences/leave-conference.ts';
import { setInteraction } from '../conferences/set-interaction.ts';
import { updateMetadata } from '../conferences/update-metadata.ts';
import { updateParticipantMetadata } from '../conferences/update-participant-metadata.ts';
import type { UserEndpoints } from '../endpoints/user-endpoints.ts';
import type { Handlers } from './operations.ts';

type Names =
  'create' | 'join' | 'leave' | 'end' | 'setInteraction' | 'updateMetadata' | 'updateParticipantMetadata';

/** The commands about a conference and its participants. */
export function conferenceHandlers(conferences: Conferences, endpoints: UserEndpoints): Handlers<Names> {
  return {
    create: async ({ body, actor }) => {
      if (body.creatorEndpoint !== undefined) endpoints.requireOwn(actor, body.creatorEndpoint);
      return summaryOf(await conferences.create(body, actor));
    },
    join: async ({ body, actor }) => {
      endpoints.requireOwn(actor, body.userEndpointId);
      return summaryOf(
        await conferences.perform(body.conferenceId, actor, (state, context) =>
          joinConference(state, body, context),
        ),
      );
    },
    leave: async ({ body, actor }) => {
      endpoints.requireOwn(actor, body.userEndpointId);
      await conferences.perform(body.conferenceId, actor, (state, context) =>
        leaveConference(state, body, context),
      );
    },
    end: async ({ body, actor }) => {
      endpoints.requireOwn(actor, body.userEndpointId);
      await conferences.perform(body.conferenceId, actor, (state, context) =>
        endConference(state, body, context),
      );
    },
    setInteraction: async ({ body, actor }) => {
      if (body.userEndpointId !== undefined) endpoints.requireOwn(actor, body.userEndpointId);
      await conferences.perform(body.conferenceId, actor, (state, context) =>
        setInteraction(state, body, context),
      );
    },
    updateMetadata: async ({ body, actor }) => {
      endpoints.requireOwn(actor, body.userEndpointId);
      await conferences.perform(body.conferenceId, actor, (state, context) =>
        updateMetadata(state, body, context),
      );
    },
    updateParticipantMetadata: async ({ body, actor }) => {
      endpoints.requireOwn(actor, body.userEndpointId);
      await conferences.perform(body.conferenceId, actor, (state, context) =>
        updateParticipantMetadata(state, body, context),
      );
    },
  };
}

function summaryOf({ id, version, mode }: ConferenceState): ConferenceSummary {
  return { id, version, mode };
}
