import { expect, it } from 'vitest';
import { aConference, aParticipant } from '../testing/builders.ts';
import { newestWithin } from './newest-within.ts';
import { stateBytes } from './state-bytes.ts';

const conferences = ['oldest', 'middle', 'newest'].map((id) =>
  aConference({ id, participants: [aParticipant({ metadata: { note: 'x'.repeat(500) } })] }),
);
const [first] = conferences;
/** What a conference takes in a list: its participants and metadata, and 500 bytes for the rest. */
const each = (first ? stateBytes(first) : 0) + 500;

it.each([
  [0, 1],
  [2 * each - 1, 1],
  [2 * each, 2],
  [3 * each - 1, 2],
  [3 * each, 3],
  [Infinity, 3],
])('within %d bytes there is room for %i of three', (bytes, count) => {
  expect(newestWithin(conferences, bytes)).toEqual(conferences.slice(3 - count));
});

it('has nothing to choose from none', () => {
  expect(newestWithin([], 1_000)).toEqual([]);
});

const bytesOf = (value: object) => Buffer.byteLength(JSON.stringify(value));

it('measures participants, keys and entries of metadata', () => {
  const entry = { value: '1', userId: 'u', userEndpointId: 'e', lastModified: '' };
  const participant = aParticipant({ userId: 'ü' });
  const state = aConference({ participants: [participant, participant], metadata: { topic: entry } });
  expect(stateBytes(state)).toBe(2 * bytesOf(participant) + 'topic'.length + bytesOf(entry));
});
