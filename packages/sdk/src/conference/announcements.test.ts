import {
  type ConferenceState,
  createdConference,
  decodeEvent,
  type Participant,
  reduce,
} from '@parley-rtc/contract';
import { expect, test } from 'vitest';
import { nothingBlocked } from '../viewing/playback.ts';
import { announcementsBetween } from './announcements.ts';
import type { ConferenceSnapshot } from './conference-store.ts';
import { keepUnchanged } from './keep-unchanged.ts';
import { selectRemoteParticipants, selectRemoteStreams } from './selectors.ts';

const empty = createdConference({
  type: 'ConferenceCreatedEvent',
  id: 'e0',
  timestamp: '',
  conferenceId: 'room',
  conferenceVersion: null,
});

function after(conference: ConferenceState, ...events: readonly object[]): ConferenceState {
  return events.reduce<ConferenceState>(
    (state, event) => reduce(state, decodeEvent({ conferenceVersion: state.version, ...event })),
    conference,
  );
}

const snapshot = (conference: ConferenceState): ConferenceSnapshot => ({
  conference,
  endpointId: 'me',
  connection: 'connected',
  playback: nothingBlocked,
  claims: {},
  network: undefined,
});

const names = (before: ConferenceState, next: ConferenceState) =>
  announcementsBetween(snapshot(before), snapshot(next)).map(([name]) => name);

const bob = { userId: 'bob', userEndpointId: 'bob-1' };
const bobJoins = { type: 'ConferenceJoinedEvent', ...bob };
const bobLeaves = { type: 'ConferenceLeftEvent', ...bob };
const bobPublishes = { type: 'ConferenceStreamPublishedEvent', ...bob, streamId: 's1', streamType: 'CAM' };

const set = (key: string) => ({
  type: 'ConferenceMetadataUpdatedEvent',
  ...bob,
  operation: 'SET',
  key,
  value: 'x',
});

test('nothing is announced when nothing changed', () => {
  const state = after(empty, bobJoins, bobPublishes);
  expect(names(state, state)).toEqual([]);
  expect(names(state, structuredClone(state))).toEqual([]);
});

test('streams come after their publisher and go before', () => {
  const state = after(empty, bobJoins, bobPublishes);
  expect(names(empty, state)).toEqual(['participant-joined', 'stream-published']);
  expect(names(state, after(state, bobLeaves))).toEqual(['stream-unpublished', 'participant-left']);
});

test('a change of a stream is announced for the stream, not for its publisher', () => {
  const state = after(empty, bobJoins, bobPublishes);
  const limited = {
    type: 'ConferenceStreamBitrateUpdatedEvent',
    ...bob,
    streamId: 's1',
    videoBitrate: 30_000,
  };
  expect(names(state, after(state, limited))).toEqual(['stream-updated']);
});

test('a change of a participant is announced for the participant, not for the streams', () => {
  const state = after(empty, bobJoins, bobPublishes);
  const sick = { type: 'ConferenceParticipantStateChangedEvent', ...bob, state: 'SICK' };
  expect(names(state, after(state, sick))).toEqual(['participant-updated']);
});

test('metadata is announced entry by entry, also under names that objects have by nature', () => {
  const state = after(empty, set('__proto__'), set('constructor'));
  expect(announcementsBetween(snapshot(empty), snapshot(state))).toMatchObject([
    ['metadata-updated', { key: '__proto__', entry: { value: 'x' } }],
    ['metadata-updated', { key: 'constructor', entry: { value: 'x' } }],
  ]);
  expect(announcementsBetween(snapshot(state), snapshot(empty))).toEqual([
    ['metadata-updated', { key: '__proto__', entry: undefined }],
    ['metadata-updated', { key: 'constructor', entry: undefined }],
  ]);
});

test('a snapshot read anew keeps the objects of everything that is the same', () => {
  const state = after(empty, bobJoins, bobPublishes);
  expect(keepUnchanged(state, structuredClone(state))).toBe(state);
  const more = after(state, { type: 'ConferenceJoinedEvent', userId: 'eve', userEndpointId: 'eve-1' });
  const kept = keepUnchanged(state, structuredClone(more));
  expect(kept).toEqual(more);
  expect(kept.participants[0]).toBe(state.participants[0]);
  expect(kept.metadata).toBe(state.metadata);
});

test('selectors give the same objects back as long as the participants are the same', () => {
  const state = after(empty, bobJoins, bobPublishes);
  const renamed = { ...state, interactionId: 'i1' };
  expect(selectRemoteStreams(snapshot(renamed))).toBe(selectRemoteStreams(snapshot(state)));
  expect(selectRemoteParticipants(snapshot(renamed))).toBe(selectRemoteParticipants(snapshot(state)));
  const [publisher] = state.participants as readonly [Participant];
  expect(selectRemoteStreams(snapshot(state))).toMatchObject([
    { id: 's1', endpointId: 'bob-1', userId: 'bob', participant: publisher },
  ]);
  expect(selectRemoteStreams({ ...snapshot(state), endpointId: 'bob-1' })).toEqual([]);
});
