import { expect, it } from 'vitest';
import { aConference, aContext, aParticipant } from '../../testing/builders.ts';
import { refusalOf } from '../../testing/refusal-of.ts';
import { updateParticipantMetadata } from './update-participant-metadata.ts';

const command = {
  conferenceId: 'c-1',
  userEndpointId: 'ep-1',
  newMetadata: { name: 'Ada', tags: [1, null] },
};

it('announces the complete new metadata of a participant', () => {
  const state = aConference({ participants: [aParticipant()] });
  expect(updateParticipantMetadata(state, command, aContext())).toMatchObject([
    {
      type: 'ConferenceParticipantMetadataUpdatedEvent',
      conferenceVersion: 3,
      userId: 'u-1',
      userEndpointId: 'ep-1',
      newMetadata: { name: 'Ada', tags: [1, null] },
    },
  ]);
});

it('refuses metadata of an endpoint outside the conference', () => {
  expect(refusalOf(() => updateParticipantMetadata(aConference(), command, aContext()))).toBe('not_joined');
});
