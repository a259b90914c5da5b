import { createdConference, type ConferenceState, type Participant } from '@parley-rtc/contract';
import { expect, it } from 'vitest';
import type { ConferenceSnapshot } from './conference-store.ts';
import { nothingBlocked } from './playback.ts';
import { selectRemoteParticipants, selectRemoteStreams, selectSelf, streamsOf } from './selectors.ts';

const participant = (id: string): Participant => ({
  id,
  userId: `user of ${id}`,
  state: 'HEALTHY',
  streams: [{ id: `${id}-camera`, type: 'CAM', metadata: {}, videoBitrate: 0 }],
  metadata: {},
});

const conference: ConferenceState = {
  ...createdConference({
    type: 'ConferenceCreatedEvent',
    id: 'e0',
    timestamp: '',
    conferenceId: 'room',
    conferenceVersion: null,
  }),
  participants: [participant('ada'), participant('bob')],
};

const seenBy = (endpointId: string): ConferenceSnapshot => ({
  conference,
  endpointId,
  connection: 'connected',
  ownStreams: [],
  playback: nothingBlocked,
  claims: {},
  network: undefined,
  permissions: undefined,
  removal: undefined,
});

const idsSeenBy = (endpointId: string) => [
  selectRemoteParticipants(seenBy(endpointId)).map(({ id }) => id),
  selectRemoteStreams(seenBy(endpointId)).map(({ id }) => id),
];

it('selects other participants and their streams, whichever endpoint is ours', () => {
  expect(idsSeenBy('ada')).toEqual([['bob'], ['bob-camera']]);
  expect(idsSeenBy('bob')).toEqual([['ada'], ['ada-camera']]);
  expect(idsSeenBy('dropped')).toEqual([
    ['ada', 'bob'],
    ['ada-camera', 'bob-camera'],
  ]);
});

it('selects the same arrays and stream objects until the participants change', () => {
  const again = { ...seenBy('ada'), connection: 'reconnecting' } as const;
  expect(selectRemoteParticipants(again)).toBe(selectRemoteParticipants(seenBy('ada')));
  expect(selectRemoteStreams(again)).toBe(selectRemoteStreams(seenBy('ada')));
  const [ada, bob] = conference.participants as readonly [Participant, Participant];
  const changed = { ...conference, participants: [{ ...ada }, bob] };
  const before = selectRemoteStreams(seenBy('ada'));
  const after = selectRemoteStreams({ ...seenBy('ada'), conference: changed });
  expect(after).not.toBe(before);
  expect(after[0]).toBe(before[0]);
});

it('names the publisher of each stream', () => {
  const [ada] = conference.participants as readonly [Participant];
  expect(streamsOf(ada)).toEqual([
    { ...ada.streams[0], endpointId: 'ada', userId: 'user of ada', participant: ada },
  ]);
});

it('selects our own participant until the server drops it', () => {
  expect(selectSelf(seenBy('bob'))).toBe(conference.participants[1]);
  expect(selectSelf(seenBy('dropped'))).toBeUndefined();
});
