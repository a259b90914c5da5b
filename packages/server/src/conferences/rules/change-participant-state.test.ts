import { expect, it } from 'vitest';
import { aConference, aContext, aParticipant } from '../../testing/builders.ts';
import { changeParticipantState } from './change-participant-state.ts';

const sick = { userEndpointId: 'ep-1', state: 'SICK' } as const;

it('announces that a participant fell silent', () => {
  const state = aConference({ participants: [aParticipant()] });
  expect(changeParticipantState(state, sick, aContext())).toMatchObject([
    {
      type: 'ConferenceParticipantStateChangedEvent',
      conferenceVersion: 3,
      userId: 'u-1',
      userEndpointId: 'ep-1',
      state: 'SICK',
    },
  ]);
});

it('announces nothing when nothing changes', () => {
  const already = aConference({ participants: [aParticipant({ state: 'SICK' })] });
  expect(changeParticipantState(already, sick, aContext())).toEqual([]);
  expect(changeParticipantState(aConference(), sick, aContext())).toEqual([]);
});
