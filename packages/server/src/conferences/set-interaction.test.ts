import { describe, expect, it } from 'vitest';
import { aConference, aContext, anActor, aParticipant, endedConference } from '../testing/builders.ts';
import { expectRefusal } from '../testing/expect-refusal.ts';
import { setInteraction } from './set-interaction.ts';

const command = { conferenceId: 'c-1', interactionId: 'i-1' };

describe('setInteraction', () => {
  it('is for participants', () => {
    const state = aConference({ participants: [aParticipant()] });
    const named = { ...command, userEndpointId: 'ep-1' };
    expect(setInteraction(state, named, aContext())).toMatchObject([
      {
        type: 'ConferenceInteractionIdSetEvent',
        conferenceVersion: 3,
        userId: 'u-1',
        userEndpointId: 'ep-1',
        interactionId: 'i-1',
      },
    ]);
  });

  it('is for the creator and those with the right, who need not be inside', () => {
    const creator = aContext(anActor({ userId: 'u-creator' }));
    const service = aContext(anActor({}, 'set-any-interaction'));
    expect(setInteraction(aConference(), command, creator)).toHaveLength(1);
    expect(setInteraction(aConference(), command, service)).toHaveLength(1);
  });

  it('is refused to others and after the end', () => {
    expectRefusal('forbidden', () => setInteraction(aConference(), command, aContext()));
    const service = aContext(anActor({}, 'set-any-interaction'));
    expectRefusal('not_found', () => setInteraction(endedConference, command, service));
  });
});
