import { describe, expect, it } from 'vitest';
import { aConference, aContext, aParticipant, aStream } from '../testing/builders.ts';
import { expectRefusal } from '../testing/expect-refusal.ts';
import { dropStream, unpublishStream } from './unpublish-stream.ts';

const command = { userEndpointId: 'ep-1', streamId: 's-1' };
const publishing = aConference({
  participants: [
    aParticipant({ streams: [aStream({ type: 'SCREEN' })] }),
    aParticipant({ id: 'ep-2', userId: 'u-2' }),
  ],
});
const unpublished = {
  type: 'ConferenceStreamUnpublishedEvent',
  conferenceVersion: 3,
  userId: 'u-1',
  userEndpointId: 'ep-1',
  streamId: 's-1',
  streamType: 'SCREEN',
};

describe('unpublishStream', () => {
  it('withdraws a stream of the caller', () => {
    expect(unpublishStream(publishing, command, aContext())).toMatchObject([unpublished]);
  });

  it('is refused when repeated', () => {
    const state = aConference({ participants: [aParticipant()] });
    expectRefusal('not_found', () => unpublishStream(state, command, aContext()));
  });

  it('is refused for the stream of another endpoint', () => {
    const other = { ...command, userEndpointId: 'ep-2' };
    expectRefusal('forbidden', () => unpublishStream(publishing, other, aContext()));
  });

  it('is refused outside of the conference', () => {
    const outside = { ...command, userEndpointId: 'ep-3' };
    expectRefusal('not_joined', () => unpublishStream(publishing, outside, aContext()));
  });
});

describe('dropStream', () => {
  it('withdraws in the name of the publisher', () => {
    expect(dropStream(publishing, 's-1', aContext())).toMatchObject([unpublished]);
  });

  it('does nothing about a stream that is gone', () => {
    expect(dropStream(aConference(), 's-1', aContext())).toEqual([]);
  });
});
