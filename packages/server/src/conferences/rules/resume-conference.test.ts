import { expect, it } from 'vitest';
import { aConference, aContext, aParticipant, aStream, endedConference } from '../../testing/builders.ts';
import { resumeConference } from './resume-conference.ts';

const inside = aConference({
  participants: [
    aParticipant({ streams: [aStream(), aStream({ id: 's-2', type: 'SCREEN' })] }),
    aParticipant({ id: 'ep-2', userId: 'u-2', streams: [aStream({ id: 's-3' })] }),
  ],
});

it('unpublishes all streams, each at its own version, and keeps their publishers', () => {
  expect(resumeConference(inside, new Set(['ep-1', 'ep-2']), aContext())).toMatchObject([
    {
      type: 'ConferenceStreamUnpublishedEvent',
      conferenceVersion: 3,
      userEndpointId: 'ep-1',
      streamId: 's-1',
    },
    { type: 'ConferenceStreamUnpublishedEvent', conferenceVersion: 4, streamId: 's-2', streamType: 'SCREEN' },
    { type: 'ConferenceStreamUnpublishedEvent', conferenceVersion: 5, userId: 'u-2', streamId: 's-3' },
  ]);
});

it('removes participants with an unknown endpoint, which would never time out', () => {
  expect(resumeConference(inside, new Set(['ep-1']), aContext()).slice(2)).toMatchObject([
    { type: 'ConferenceStreamUnpublishedEvent', conferenceVersion: 5, streamId: 's-3' },
    { type: 'ConferenceLeftEvent', conferenceVersion: 6, userId: 'u-2', userEndpointId: 'ep-2' },
  ]);
});

it('causes no events in a conference without streams', () => {
  expect(resumeConference(endedConference, new Set(), aContext())).toEqual([]);
  const silent = aConference({ participants: [aParticipant()] });
  expect(resumeConference(silent, new Set(['ep-1']), aContext())).toEqual([]);
});
