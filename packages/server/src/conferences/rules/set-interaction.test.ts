import { describe, expect, it } from 'vitest';
import { aConference, aContext, anActor, aParticipant, endedConference } from '../../testing/builders.ts';
import { refusalOf } from '../../testing/refusal-of.ts';
import { setInteraction } from './set-interaction.ts';

const command = { conferenceId: 'c-1', interactionId: 'i-1' };

describe('setInteraction', () => {
  it('is allowed for participants', () => {
    const state = aConference({ participants: [aParticipant()] });
    const named = { ...command, userEndpointId: 'ep-1' };
    const own = aContext(anActor(), { owns: (id) => id === 'ep-1' });
    expect(setInteraction(state, named, own)).toMatchObject([
      {
        type: 'ConferenceInteractionIdSetEvent',
        conferenceVersion: 3,
        userId: 'u-1',
        userEndpointId: 'ep-1',
        interactionId: 'i-1',
      },
    ]);
  });

  it('is allowed for the creator and holders of the right, who need not join', () => {
    const creator = aContext(anActor({ userId: 'u-creator' }));
    const service = aContext(anActor({}, 'set-any-interaction'));
    expect(setInteraction(aConference(), command, creator)).toHaveLength(1);
    expect(setInteraction(aConference(), command, service)).toHaveLength(1);
  });

  it('is refused for other users and in an ended conference', () => {
    expect(refusalOf(() => setInteraction(aConference(), command, aContext()))).toBe('forbidden');
    const namesake = aConference({ participants: [aParticipant()] });
    expect(refusalOf(() => setInteraction(namesake, command, aContext()))).toBe('forbidden');
    const service = aContext(anActor({}, 'set-any-interaction'));
    expect(refusalOf(() => setInteraction(endedConference, command, service))).toBe('not_found');
  });
});
