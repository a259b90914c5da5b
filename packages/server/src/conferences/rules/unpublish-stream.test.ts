import { describe, expect, it } from 'vitest';
import { aConference, aContext, aParticipant, aStream } from '../../testing/builders.ts';
import { refusalOf } from '../../testing/refusal-of.ts';
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
  it('unpublishes a stream of the caller', () => {
    expect(unpublishStream(publishing, command, aContext())).toMatchObject([unpublished]);
  });

  it('is refused when repeated', () => {
    const state = aConference({ participants: [aParticipant()] });
    expect(refusalOf(() => unpublishStream(state, command, aContext()))).toBe('not_found');
  });

  it('is refused for the stream of another endpoint', () => {
    const other = { ...command, userEndpointId: 'ep-2' };
    expect(refusalOf(() => unpublishStream(publishing, other, aContext()))).toBe('forbidden');
  });

  it('refuses an endpoint outside the conference', () => {
    const outside = { ...command, userEndpointId: 'ep-3' };
    expect(refusalOf(() => unpublishStream(publishing, outside, aContext()))).toBe('not_joined');
  });
});

describe('dropStream', () => {
  it('unpublishes on behalf of the publisher', () => {
    expect(dropStream(publishing, 's-1', aContext())).toMatchObject([unpublished]);
  });

  it('does nothing for a stream that is gone', () => {
    expect(dropStream(aConference(), 's-1', aContext())).toEqual([]);
  });
});
