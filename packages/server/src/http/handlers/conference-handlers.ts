import type { ConferenceState, ConferenceSummary } from '@parley-rtc/contract';
import type { Actor } from '../../actor.ts';
import type { Conferences } from '../../conferences/conferences.ts';
import { endConference } from '../../conferences/rules/end-conference.ts';
import { joinConference } from '../../conferences/rules/join-conference.ts';
import { dropParticipant, leaveConference } from '../../conferences/rules/leave-conference.ts';
import { setInteraction } from '../../conferences/rules/set-interaction.ts';
import { updateMetadata } from '../../conferences/rules/update-metadata.ts';
import { updateParticipantMetadata } from '../../conferences/rules/update-participant-metadata.ts';
import type { UserEndpoints } from '../../endpoints/user-endpoints.ts';
import type { Handlers } from '../operations.ts';

type Names =
  'create' | 'join' | 'leave' | 'end' | 'setInteraction' | 'updateMetadata' | 'updateParticipantMetadata';

/** Commands on a conference and its participants. `onEntered` is called after each join. */
export function conferenceHandlers(
  conferences: Conferences,
  endpoints: UserEndpoints,
  onEntered: (actor: Actor, state: ConferenceState, endpointId: string) => Promise<void>,
): Handlers<Names> {
  return {
    create: async ({ body, actor }) => {
      if (body.creatorEndpoint !== undefined) endpoints.requireOwn(actor, body.creatorEndpoint);
      return summaryOf(await conferences.create(body, actor));
    },
    join: async ({ body, actor }) => {
      endpoints.requireOwn(actor, body.userEndpointId);
      const state = await conferences.perform(body.conferenceId, actor, (before, context) =>
        joinConference(before, body, context),
      );
      // Unregistered or dropped while the join was being stored: nothing would ever notice that it is gone.
      if (!endpoints.owns(actor, body.userEndpointId)) {
        await conferences.recordUntilDone(body.conferenceId, (now, stamp) =>
          dropParticipant(now, body, stamp),
        );
      }
      endpoints.requireOwn(actor, body.userEndpointId);
      await onEntered(actor, state, body.userEndpointId);
      return summaryOf(state);
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
