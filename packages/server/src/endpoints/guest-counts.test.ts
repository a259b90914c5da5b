import { expect, it } from 'vitest';
import { defaultLimits } from '../limits/limits.ts';
import { refusalOf } from '../testing/refusal-of.ts';
import { GuestCounts } from './guest-counts.ts';

const limits = { ...defaultLimits, participantsPerConference: 3 };

it('leaves room for ten endpoints for each participant that a conference may have', () => {
  const counts = new GuestCounts();
  const roomIn = (conferenceKey: string | undefined) =>
    refusalOf(() => counts.requireRoom(conferenceKey, limits));
  for (let count = 0; count < 29; count += 1) counts.count('c-1', 1);
  expect(roomIn('c-1')).toBe('accepted');
  counts.count('c-1', 1);
  expect([roomIn('c-1'), roomIn('c-2'), roomIn(undefined)]).toEqual([
    'limit_exceeded',
    'accepted',
    'accepted',
  ]);
  counts.count(undefined, 1);
  counts.count('c-1', -1);
  expect(roomIn('c-1')).toBe('accepted');
});
