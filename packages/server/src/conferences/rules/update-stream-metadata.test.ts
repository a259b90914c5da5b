import { expect, it } from 'vitest';
import { aConference, aContext, aParticipant, aStream } from '../../testing/builders.ts';
import { refusalOf } from '../../testing/refusal-of.ts';
import { updateStreamMetadata } from './update-stream-metadata.ts';

const state = aConference({
  participants: [aParticipant({ streams: [aStream()] }), aParticipant({ id: 'ep-2', userId: 'u-2' })],
});
const command = {
  conferenceId: 'c-1',
  userEndpointId: 'ep-1',
  streamId: 's-1',
  newMetadata: { portraitMode: true },
};

it('announces the complete new metadata of a stream', () => {
  expect(updateStreamMetadata(state, command, aContext())).toMatchObject([
    {
      type: 'ConferenceStreamMetadataUpdatedEvent',
      conferenceVersion: 3,
      userEndpointId: 'ep-1',
      streamId: 's-1',
      newMetadata: { portraitMode: true },
    },
  ]);
});

it("refuses metadata of another participant's or a missing stream", () => {
  expect(
    refusalOf(() => updateStreamMetadata(state, { ...command, userEndpointId: 'ep-2' }, aContext())),
  ).toBe('forbidden');
  expect(refusalOf(() => updateStreamMetadata(state, { ...command, streamId: 's-9' }, aContext()))).toBe(
    'not_found',
  );
});
