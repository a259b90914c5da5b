import { describe, expect, it } from 'vitest';
import { aConference, aContext, aParticipant, endedConference } from '../../testing/builders.ts';
import { refusalOf } from '../../testing/refusal-of.ts';
import { joinConference } from './join-conference.ts';

const command = { conferenceId: 'c-1', userEndpointId: 'ep-9', metadata: { name: 'Ada' } };

describe('joinConference', () => {
  it('announces the endpoint at the current version', () => {
    expect(joinConference(aConference(), command, aContext())).toEqual([
      {
        id: 'id-1',
        type: 'ConferenceJoinedEvent',
        timestamp: '2026-01-05T10:00:00.123Z',
        conferenceId: 'c-1',
        organizationId: 'o-1',
        conferenceVersion: 3,
        userId: 'u-1',
        userEndpointId: 'ep-9',
        metadata: { name: 'Ada' },
      },
    ]);
  });

  it('refuses an endpoint that has already joined', () => {
    const state = aConference({ participants: [aParticipant({ id: 'ep-9' })] });
    expect(refusalOf(() => joinConference(state, command, aContext()))).toBe('already_joined');
  });

  it('accepts a second endpoint of the same user', () => {
    const state = aConference({ participants: [aParticipant({ id: 'ep-1', userId: 'u-1' })] });
    expect(joinConference(state, command, aContext())).toHaveLength(1);
  });

  it('refuses when the conference is full', () => {
    const limit = { value: '1', userId: undefined, userEndpointId: undefined, lastModified: '' };
    const full = aConference({ participants: [aParticipant()], metadata: { participant_limit: limit } });
    expect(refusalOf(() => joinConference(full, command, aContext()))).toBe('conference_full');
    const notFull = { ...full, participants: [] };
    expect(joinConference(notFull, command, aContext())).toHaveLength(1);
  });

  it('ignores a limit that is not a number', () => {
    const limit = { value: 'many', userId: undefined, userEndpointId: undefined, lastModified: '' };
    const state = aConference({ participants: [aParticipant()], metadata: { participant_limit: limit } });
    expect(joinConference(state, command, aContext())).toHaveLength(1);
  });

  it('refuses an ended conference', () => {
    expect(refusalOf(() => joinConference(endedConference, command, aContext()))).toBe('not_found');
  });
});
