import { expect, it } from 'vitest';
import { aConference, aContext, aParticipant } from '../testing/builders.ts';
import { expectRefusal } from '../testing/expect-refusal.ts';
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

it('refuses metadata of an endpoint that is not inside', () => {
  expectRefusal('not_joined', () => updateParticipantMetadata(aConference(), command, aContext()));
});
