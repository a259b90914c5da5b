import { describe, expect, it } from 'vitest';
import { aConference, aContext, anActor, aParticipant, endedConference } from '../testing/builders.ts';
import { expectRefusal } from '../testing/expect-refusal.ts';
import { endConference } from './end-conference.ts';

const command = { conferenceId: 'c-1', userEndpointId: 'ep-1', reason: 'done' };

describe('endConference', () => {
  it('is for the creator', () => {
    const creator = aContext(anActor({ userId: 'u-creator' }));
    expect(endConference(aConference(), command, creator)).toMatchObject([
      {
        type: 'ConferenceEndedEvent',
        conferenceVersion: 3,
        userId: 'u-creator',
        userEndpointId: 'ep-1',
        reason: 'done',
      },
    ]);
  });

  it('is for those with the right', () => {
    expect(endConference(aConference(), command, aContext(anActor({}, 'end-any-conference')))).toHaveLength(
      1,
    );
  });

  it('is refused to other participants', () => {
    const state = aConference({ participants: [aParticipant()] });
    expectRefusal('forbidden', () => endConference(state, command, aContext()));
  });

  it('is refused when repeated', () => {
    const creator = aContext(anActor({ userId: 'u-creator' }));
    expectRefusal('not_found', () => endConference(endedConference, command, creator));
  });
});
