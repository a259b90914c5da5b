import type { ConferenceEvent } from '@parley-rtc/contract';
import { expect, it } from 'vitest';
import { Memberships } from './memberships.ts';

function happened(type: string, conferenceId: string, userEndpointId: string): ConferenceEvent {
  return {
    id: 'e',
    type,
    timestamp: '',
    conferenceId,
    conferenceVersion: 0,
    userId: 'u',
    userEndpointId,
  } as ConferenceEvent;
}

it('derives the conferences of an endpoint from joins, leaves and ends', () => {
  const memberships = new Memberships();
  memberships.apply([happened('ConferenceJoinedEvent', 'c-1', 'ep-1')], []);
  memberships.apply([happened('ConferenceJoinedEvent', 'c-2', 'ep-1')], []);
  memberships.apply([happened('ConferenceJoinedEvent', 'c-2', 'ep-2')], ['ep-1']);
  expect(memberships.of('ep-1')).toEqual(['c-1', 'c-2']);

  memberships.apply([happened('ConferenceLeftEvent', 'c-1', 'ep-1')], ['ep-1']);
  expect(memberships.of('ep-1')).toEqual(['c-2']);

  memberships.apply([happened('ConferenceEndedEvent', 'c-2', 'ep-2')], ['ep-1', 'ep-2']);
  expect([...memberships.of('ep-1'), ...memberships.of('ep-2')]).toEqual([]);
});
