import { describe, expect, it } from 'vitest';
import { aConference, aContext, aParticipant, aStream, endedConference } from '../../testing/builders.ts';
import { refusalOf } from '../../testing/refusal-of.ts';
import { dropParticipant, leaveConference } from './leave-conference.ts';

const command = { userEndpointId: 'ep-1', reason: 'bye' };
const publishing = aConference({
  participants: [
    aParticipant({ streams: [aStream({ id: 's-1' }), aStream({ id: 's-2', type: 'SCREEN' })] }),
    aParticipant({ id: 'ep-2', userId: 'u-2', streams: [aStream({ id: 's-3' })] }),
  ],
});

describe('leaveConference', () => {
  it("unpublishes the participant's streams one by one, then leaves", () => {
    expect(leaveConference(publishing, command, aContext())).toMatchObject([
      {
        type: 'ConferenceStreamUnpublishedEvent',
        conferenceVersion: 3,
        streamId: 's-1',
        streamType: 'MIC_AND_CAM',
      },
      {
        type: 'ConferenceStreamUnpublishedEvent',
        conferenceVersion: 4,
        streamId: 's-2',
        streamType: 'SCREEN',
      },
      {
        type: 'ConferenceLeftEvent',
        conferenceVersion: 5,
        userId: 'u-1',
        userEndpointId: 'ep-1',
        reason: 'bye',
      },
    ]);
  });

  it('is refused without an event when repeated or never joined', () => {
    expect(refusalOf(() => leaveConference(aConference(), command, aContext()))).toBe('not_found');
    expect(refusalOf(() => leaveConference(endedConference, command, aContext()))).toBe('not_found');
    expect(() => leaveConference(endedConference, command, aContext())).toThrow(/has ended/);
    expect(() => leaveConference(aConference(), command, aContext())).toThrow(/not in the conference/);
  });

  it('says that the conference has ended when it has', () => {
    expect(() => leaveConference(endedConference, command, aContext())).toThrow('has ended');
    expect(() => leaveConference(aConference(), command, aContext())).toThrow('Treat it as left');
  });
});

describe('dropParticipant', () => {
  it('causes the same events as leaving', () => {
    expect(dropParticipant(publishing, command, aContext())).toEqual(
      leaveConference(publishing, command, aContext()),
    );
  });

  it('does nothing for an endpoint that is not in the conference', () => {
    expect(dropParticipant(aConference(), command, aContext())).toEqual([]);
  });
});
