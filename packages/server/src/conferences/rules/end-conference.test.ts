import { describe, expect, it } from 'vitest';
import { aConference, aContext, anActor, aParticipant, endedConference } from '../../testing/builders.ts';
import { refusalOf } from '../../testing/refusal-of.ts';
import { endConference } from './end-conference.ts';

const command = { conferenceId: 'c-1', userEndpointId: 'ep-1', reason: 'done' };

describe('endConference', () => {
  it('is allowed for the creator', () => {
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

  it('is allowed for holders of the right', () => {
    expect(endConference(aConference(), command, aContext(anActor({}, 'end-any-conference')))).toHaveLength(
      1,
    );
  });

  it('is refused for other participants', () => {
    const state = aConference({ participants: [aParticipant()] });
    expect(refusalOf(() => endConference(state, command, aContext()))).toBe('forbidden');
  });

  it('is refused when repeated', () => {
    const creator = aContext(anActor({ userId: 'u-creator' }));
    expect(refusalOf(() => endConference(endedConference, command, creator))).toBe('not_found');
  });
});
