import { describe, expect, it } from 'vitest';
import { aConference, aContext, aParticipant, aStream } from '../testing/builders.ts';
import { expectRefusal } from '../testing/expect-refusal.ts';
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

  it('is refused outside of the conference', () => {
    expectRefusal('not_joined', () => publishStream(aConference(), stream, aContext()));
  });

  it('refuses the type UNKNOWN', () => {
    expectRefusal('invalid_request', () => publishStream(joined, { ...stream, type: 'UNKNOWN' }, aContext()));
  });

  it('refuses a stream id that somebody publishes already', () => {
    expectRefusal('already_exists', () => publishStream(joined, { ...stream, streamId: 's-1' }, aContext()));
  });
});
