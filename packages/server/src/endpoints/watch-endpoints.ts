import { randomUUID } from 'node:crypto';
import { changeParticipantState } from '../conferences/change-participant-state.ts';
import type { Conferences } from '../conferences/conferences.ts';
import { dropParticipant } from '../conferences/leave-conference.ts';
import { UserEndpoints, type UserEndpointsOptions } from './user-endpoints.ts';

type Rule = Parameters<Conferences['record']>[1];

/** Endpoints whose silence the conferences hear of. */
export function watchEndpoints(
  conferences: Conferences,
  kept: Pick<UserEndpointsOptions, 'clock' | 'records' | 'limits' | 'onError'>,
): UserEndpoints {
  const recordEverywhere = (userEndpointId: string, rule: Rule): void => {
    for (const conferenceId of conferences.conferencesOf(userEndpointId)) {
      conferences.record(conferenceId, rule).catch(kept.onError);
    }
  };
  return new UserEndpoints({
    ...kept,
    newId: randomUUID,
    onHealthChanged: (userEndpointId, health) => {
      recordEverywhere(userEndpointId, (state, stamp) =>
        changeParticipantState(state, { userEndpointId, state: health }, stamp),
      );
    },
    onSilent: (userEndpointId) => {
      recordEverywhere(userEndpointId, (state, stamp) =>
        dropParticipant(state, { userEndpointId, reason: 'No sign of life' }, stamp),
      );
    },
  });
}
