import { randomUUID } from 'node:crypto';
import type { Conferences } from '../conferences/conferences.ts';
import { changeParticipantState } from '../conferences/rules/change-participant-state.ts';
import { dropParticipant } from '../conferences/rules/leave-conference.ts';
import { withinOrganization } from '../conferences/within-organization.ts';
import { UserEndpoints, type UserEndpointsOptions } from './user-endpoints.ts';

type Rule = Parameters<Conferences['record']>[1];

/** User endpoints that report their silence to the conferences they are in. */
export function watchEndpoints(
  conferences: Conferences,
  parts: Pick<UserEndpointsOptions, 'clock' | 'records' | 'limits' | 'onError' | 'sharing'>,
): UserEndpoints {
  const recordEverywhere = (userEndpointId: string, organizationId: string, rule: Rule): void => {
    for (const conferenceId of conferences.conferencesOf(userEndpointId)) {
      // Until done: the endpoint is gone, so nothing would ever remove its participant again.
      conferences
        .recordUntilDone(conferenceId, withinOrganization(organizationId, rule))
        .catch(parts.onError);
    }
  };
  const endpoints = new UserEndpoints({
    ...parts,
    newId: randomUUID,
    onHealthChanged: (userEndpointId, health, organizationId) => {
      recordEverywhere(userEndpointId, organizationId, (current, stamp) => {
        // Its health of now, which may have changed until a repeated try succeeds.
        const state = endpoints.healthOf({ id: userEndpointId, organizationId }) ?? health;
        return changeParticipantState(current, { userEndpointId, state }, stamp);
      });
    },
    onDropped: (userEndpointId, organizationId, reason) => {
      recordEverywhere(userEndpointId, organizationId, (state, stamp) =>
        dropParticipant(state, { userEndpointId, reason }, stamp),
      );
    },
  });
  return endpoints;
}
