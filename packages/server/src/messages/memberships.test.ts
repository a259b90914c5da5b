import type { ConferenceEvent } from '@parley-rtc/contract';
import { expect, it } from 'vitest';
import { Memberships, type Membership } from './memberships.ts';

const bobs = { userEndpointId: 'tab', userId: 'bob' };

function watch(): { memberships: Memberships; membership: Membership } {
  const memberships = new Memberships();
  return { memberships, membership: memberships.watch('room', bobs) };
}

function happen(memberships: Memberships, name: 'Joined' | 'Left' | 'Ended', change: object = {}): void {
  memberships.onEvent({
    type: `Conference${name}Event`,
    conferenceId: 'room',
    ...bobs,
    ...change,
  } as ConferenceEvent);
}

it('counts who was there until the end as inside, and nobody who left before', () => {
  const { memberships, membership } = watch();
  const left = memberships.watch('room', { userEndpointId: 'phone', userId: 'eve' });
  happen(memberships, 'Left', { userEndpointId: 'phone', userId: 'eve' });
  happen(memberships, 'Ended');
  expect([membership.isInside(), left.isInside()]).toEqual([true, false]);
});

it('lets an endpoint come back, but not for another user', () => {
  const { memberships, membership } = watch();
  happen(memberships, 'Left');
  happen(memberships, 'Joined', { userId: 'eve' });
  expect(membership.isInside()).toBe(false);
  happen(memberships, 'Left', { userId: 'eve' });
  happen(memberships, 'Joined');
  expect(membership.isInside()).toBe(true);
});

it('ignores other endpoints and conferences', () => {
  const { memberships, membership } = watch();
  happen(memberships, 'Left', { userEndpointId: 'phone' });
  happen(memberships, 'Left', { conferenceId: 'other' });
  expect(membership.isInside()).toBe(true);
});

it('watches on for others when one is closed', () => {
  const { memberships, membership } = watch();
  const second = memberships.watch('room', bobs);
  membership.close();
  membership.close();
  happen(memberships, 'Left');
  expect([membership.isInside(), second.isInside()]).toEqual([true, false]);
  second.close();
  const third = memberships.watch('room', bobs);
  second.close();
  happen(memberships, 'Left');
  expect(third.isInside()).toBe(false);
});
