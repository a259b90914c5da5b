import { describe, expect, it } from 'vitest';
import { aConference, aContext, aParticipant } from '../../testing/builders.ts';
import { refusalOf } from '../../testing/refusal-of.ts';
import { updateMetadata } from './update-metadata.ts';

const entry = {
  value: 'old',
  userId: 'u-1',
  userEndpointId: 'ep-1',
  lastModified: '2026-01-05T09:00:00.000Z',
};
const state = aConference({ participants: [aParticipant()], metadata: { topic: entry } });
const command = { conferenceId: 'c-1', userEndpointId: 'ep-1', key: 'topic' };

describe('updateMetadata', () => {
  it('sets an entry', () => {
    const set = { ...command, operation: 'SET', value: 'new' } as const;
    expect(updateMetadata(state, set, aContext())).toMatchObject([
      {
        type: 'ConferenceMetadataUpdatedEvent',
        conferenceVersion: 3,
        userId: 'u-1',
        userEndpointId: 'ep-1',
        operation: 'SET',
        key: 'topic',
        value: 'new',
      },
    ]);
  });

  it('refuses SET without a value, but accepts an empty one', () => {
    expect(refusalOf(() => updateMetadata(state, { ...command, operation: 'SET' }, aContext()))).toBe(
      'invalid_request',
    );
    expect(updateMetadata(state, { ...command, operation: 'SET', value: '' }, aContext())).toHaveLength(1);
  });

  it('removes an entry and ignores a value', () => {
    const [event] = updateMetadata(state, { ...command, operation: 'REMOVE', value: 'x' }, aContext());
    expect(event).toMatchObject({ operation: 'REMOVE', key: 'topic' });
    expect(event).not.toHaveProperty('value');
  });

  it.each(['missing', 'toString'])('does nothing when the entry to remove, %s, is not there', (key) => {
    expect(updateMetadata(state, { ...command, key, operation: 'REMOVE' }, aContext())).toEqual([]);
  });

  it('refuses UNKNOWN', () => {
    expect(refusalOf(() => updateMetadata(state, { ...command, operation: 'UNKNOWN' }, aContext()))).toBe(
      'invalid_request',
    );
  });

  it('is allowed for participants only', () => {
    const outside = { ...command, userEndpointId: 'ep-2', operation: 'SET', value: 'x' } as const;
    expect(refusalOf(() => updateMetadata(state, outside, aContext()))).toBe('not_joined');
  });
});
