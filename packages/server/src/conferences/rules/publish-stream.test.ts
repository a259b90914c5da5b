import { describe, expect, it } from 'vitest';
import { aConference, aContext, aParticipant, aStream } from '../../testing/builders.ts';
import { refusalOf } from '../../testing/refusal-of.ts';
import { publishStream, type NewStream } from './publish-stream.ts';

const stream: NewStream = {
  userEndpointId: 'ep-1',
  streamId: 's-9',
  type: 'CAM',
  metadata: { portraitMode: true },
  videoBitrate: 500_000,
};
const joined = aConference({ participants: [aParticipant({ streams: [aStream()] })] });

describe('publishStream', () => {
  it('announces the stream with its type, metadata and limit', () => {
    expect(publishStream(joined, stream, aContext())).toMatchObject([
      {
        type: 'ConferenceStreamPublishedEvent',
        conferenceVersion: 3,
        userId: 'u-1',
        userEndpointId: 'ep-1',
        streamId: 's-9',
        streamType: 'CAM',
        metadata: { portraitMode: true },
        videoBitrate: 500_000,
      },
    ]);
  });

  it('refuses an endpoint outside the conference', () => {
    expect(refusalOf(() => publishStream(aConference(), stream, aContext()))).toBe('not_joined');
  });

  it('refuses the type UNKNOWN', () => {
    expect(refusalOf(() => publishStream(joined, { ...stream, type: 'UNKNOWN' }, aContext()))).toBe(
      'invalid_request',
    );
  });

  it('refuses a stream id that is already published', () => {
    expect(refusalOf(() => publishStream(joined, { ...stream, streamId: 's-1' }, aContext()))).toBe(
      'already_exists',
    );
  });
});
