import { describe, expect, it } from 'vitest';
import { aConference, aContext, aParticipant, aStream } from '../../testing/builders.ts';
import { refusalOf } from '../../testing/refusal-of.ts';
import { updateVideoBitrate } from './update-video-bitrate.ts';

const state = aConference({
  participants: [
    aParticipant({
      streams: [
        aStream({ id: 's-mic', type: 'MIC' }),
        aStream({ id: 's-cam', type: 'CAM' }),
        aStream({ id: 's-screen', type: 'SCREEN' }),
      ],
    }),
    aParticipant({ id: 'ep-2', streams: [aStream({ id: 's-other' })] }),
    aParticipant({ id: 'ep-3', streams: [aStream({ id: 's-mic-3', type: 'MIC' })] }),
  ],
});
const command = { conferenceId: 'c-1', userEndpointId: 'ep-1', videoBitrate: 300_000 };

describe('updateVideoBitrate', () => {
  it('limits the named stream', () => {
    expect(updateVideoBitrate(state, { ...command, streamId: 's-cam' }, aContext())).toMatchObject([
      {
        type: 'ConferenceStreamBitrateUpdatedEvent',
        conferenceVersion: 3,
        streamId: 's-cam',
        videoBitrate: 300_000,
      },
    ]);
  });

  it('limits all video streams of the endpoint when none is named, one version step each', () => {
    expect(updateVideoBitrate(state, command, aContext())).toMatchObject([
      { conferenceVersion: 3, streamId: 's-cam' },
      { conferenceVersion: 4, streamId: 's-screen' },
    ]);
  });

  it('is refused when there is no video to limit', () => {
    expect(
      refusalOf(() => updateVideoBitrate(state, { ...command, userEndpointId: 'ep-3' }, aContext())),
    ).toBe('not_found');
    expect(refusalOf(() => updateVideoBitrate(state, { ...command, streamId: 's-mic' }, aContext()))).toBe(
      'not_found',
    );
    expect(refusalOf(() => updateVideoBitrate(state, { ...command, streamId: 's-none' }, aContext()))).toBe(
      'not_found',
    );
  });

  it('is refused for a stream of another participant', () => {
    expect(refusalOf(() => updateVideoBitrate(state, { ...command, streamId: 's-other' }, aContext()))).toBe(
      'forbidden',
    );
  });
});
