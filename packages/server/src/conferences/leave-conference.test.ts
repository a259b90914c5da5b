import { describe, expect, it } from 'vitest';
import { aConference, aContext, aParticipant, aStream, endedConference } from '../testing/builders.ts';
import { expectRefusal } from '../testing/expect-refusal.ts';
import { dropParticipant, leaveConference } from './leave-conference.ts';

const command = { userEndpointId: 'ep-1', reason: 'bye' };
const publishing = aConference({
  participants: [
    aParticipant({ streams: [aStream({ id: 's-1' }), aStream({ id: 's-2', type: 'SCREEN' })] }),
    aParticipant({ id: 'ep-2', userId: 'u-2', streams: [aStream({ id: 's-3' })] }),
  ],
});

describe('leaveConference', () => {
  it('withdraws the own streams one by one and then leaves', () => {
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

  it('is refused when repeated or never joined, so no event is sent', () => {
    expectRefusal('not_found', () => leaveConference(aConference(), command, aContext()));
    expectRefusal('not_found', () => leaveConference(endedConference, command, aContext()));
  });
});

describe('dropParticipant', () => {
  it('says the same as leaving', () => {
    expect(dropParticipant(publishing, command, aContext())).toEqual(
      leaveConference(publishing, command, aContext()),
    );
  });

  it('does nothing about somebody who is not inside', () => {
    expect(dropParticipant(aConference(), command, aContext())).toEqual([]);
  });
});
