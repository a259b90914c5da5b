import type { HistoryEvent } from '@parley-rtc/contract';
import { expect, it } from 'vitest';
import { defaultLimits, type Limits } from '../limits/limits.ts';
import { aConference, aContext, anActor, aParticipant, aStream } from '../testing/builders.ts';
import { refusalOf } from '../testing/refusal-of.ts';
import { requireRoom, requireRoomForCreation } from './require-room.ts';
import { createConference } from './rules/create-conference.ts';
import { joinConference } from './rules/join-conference.ts';
import { publishStream } from './rules/publish-stream.ts';
import { updateMetadata } from './rules/update-metadata.ts';
import { updateParticipantMetadata } from './rules/update-participant-metadata.ts';
import { updateStreamMetadata } from './rules/update-stream-metadata.ts';

const entry = { value: '12345', userId: 'u-1', userEndpointId: 'ep-1', lastModified: '' };
const state = aConference({
  participants: [aParticipant({ streams: [aStream()] })],
  metadata: { a: entry, b: entry },
});
const about = { conferenceId: 'c-1', userEndpointId: 'ep-1' };
const set = (key: string, value = '') =>
  updateMetadata(state, { ...about, operation: 'SET', key, value }, aContext());
const describeSelf = (newMetadata: Record<string, unknown>) =>
  updateParticipantMetadata(state, { ...about, newMetadata }, aContext());
const describeStream = (newMetadata: Record<string, unknown>) =>
  updateStreamMetadata(state, { ...about, streamId: 's-1', newMetadata }, aContext());
const publish = publishStream(
  state,
  { userEndpointId: 'ep-1', streamId: 's-2', type: 'CAM', metadata: undefined, videoBitrate: 0 },
  aContext(),
);
const join = joinConference(state, { ...about, userEndpointId: 'ep-2' }, aContext());

it.each<[string, Partial<Limits>, readonly HistoryEvent[], keyof Limits | undefined]>([
  ['a new entry', { conferenceMetadataEntries: 2 }, set('c'), 'conferenceMetadataEntries'],
  ['the mute entry of a stream', { conferenceMetadataEntries: 2 }, set('TRACK_MUTED/audio/s-1'), undefined],
  [
    'the same above the bytes',
    { conferenceMetadataBytes: 12 },
    set('TRACK_MUTED/video/s-1', 'true'),
    undefined,
  ],
  [
    'a mute entry without a stream',
    { conferenceMetadataEntries: 2 },
    set('TRACK_MUTED/audio/s-9'),
    'conferenceMetadataEntries',
  ],
  [
    'a long text in the mute entry of a stream',
    { conferenceMetadataBytes: 12 },
    set('TRACK_MUTED/audio/s-1', 'x'.repeat(101)),
    'conferenceMetadataBytes',
  ],
  ['a changed entry', { conferenceMetadataEntries: 2 }, set('b', 'x'), undefined],
  ['a longer text', { conferenceMetadataBytes: 12 }, set('b', '123456'), 'conferenceMetadataBytes'],
  ['a shorter text, still too long', { conferenceMetadataBytes: 3 }, set('b', '1234'), undefined],
  [
    'too many metadata entries of a participant',
    { participantMetadataEntries: 1 },
    describeSelf({ a: 1, b: 2 }),
    'participantMetadataEntries',
  ],
  [
    'too large metadata of a participant',
    { participantMetadataBytes: 10 },
    describeSelf({ a: ['üüüü'] }),
    'participantMetadataBytes',
  ],
  ['short notes about oneself', { participantMetadataBytes: 10 }, describeSelf({ a: 1 }), undefined],
  [
    'too many metadata entries of a stream',
    { streamMetadataEntries: 1 },
    describeStream({ a: 1, b: 2 }),
    'streamMetadataEntries',
  ],
  ['long notes about a stream', { streamMetadataBytes: 5 }, describeStream({ a: 1 }), 'streamMetadataBytes'],
  [
    'a change beside a stream that exceeds a lowered limit',
    { streamMetadataBytes: 1 },
    describeSelf({ a: 1 }),
    undefined,
  ],
  ['one more stream', { streamsPerParticipant: 1 }, publish, 'streamsPerParticipant'],
  ['one more participant', { participantsPerConference: 1 }, join, 'participantsPerConference'],
  ['one more endpoint of a user', { participantsPerUser: 1 }, join, 'participantsPerUser'],
  ['as many endpoints of a user', { participantsPerUser: 2 }, join, undefined],
  ['a long event', { eventBytes: 300 }, set('c', 'x'.repeat(300)), 'eventBytes'],
  ['anything of a usual size', {}, [...set('c', 'x'.repeat(300))], undefined],
])('has a limit for %s', (_what, limits, events, limit) => {
  const act = (): void => {
    requireRoom(state, events, { ...defaultLimits, ...limits });
  };
  if (limit === undefined) expect(act).not.toThrow();
  else expect(act).toThrow(`(${limit})`);
});

it('refuses a participant over the limit with conference_full', () => {
  const limits = { ...defaultLimits, participantsPerConference: 1 };
  expect(refusalOf(() => requireRoom(state, join, limits))).toBe('conference_full');
});

it('refuses a key that would make responses unreadable for guarded parsers', () => {
  expect(() => {
    requireRoom(state, set('__proto__', 'x'), defaultLimits);
  }).toThrow(/__proto__/);
  expect(() => {
    requireRoom(state, [...set('constructor')], defaultLimits);
  }).not.toThrow();
});

it('measures the initial metadata of a conference', () => {
  const metadata = { a: '1', b: '2' };
  const created = createConference({ metadata }, aContext(anActor({}, 'create-conference')));
  expect(() => {
    requireRoomForCreation(created, { ...defaultLimits, conferenceMetadataEntries: 1 });
  }).toThrow('(conferenceMetadataEntries)');
  expect(() => {
    requireRoomForCreation(created, { ...defaultLimits, conferenceMetadataBytes: 8 });
  }).toThrow('(conferenceMetadataBytes)');
  expect(() => {
    requireRoomForCreation(created, defaultLimits);
  }).not.toThrow();
});
