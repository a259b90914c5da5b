import {
  createdConference,
  decodeEvent,
  reduce,
  type ConferenceState,
  type Participant,
} from '@parley-rtc/contract';
import { expect, it } from 'vitest';
import type { ConferenceSnapshot } from '../state/conference-store.ts';
import { nothingBlocked } from '../state/playback.ts';
import { selectRemoteParticipants, selectRemoteStreams } from '../state/selectors.ts';
import { keepUnchanged } from '../state/unchanged.ts';
import { announcementsBetween } from './announcements.ts';

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
  ownStreams: [],
  playback: nothingBlocked,
  claims: {},
  network: undefined,
  permissions: undefined,
  removal: undefined,
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

it('announces nothing when nothing changed', () => {
  const state = after(empty, bobJoins, bobPublishes);
  expect(names(state, state)).toEqual([]);
  expect(names(state, structuredClone(state))).toEqual([]);
});

it('announces streams after their publisher joins and before it leaves', () => {
  const state = after(empty, bobJoins, bobPublishes);
  expect(names(empty, state)).toEqual(['participant-joined', 'stream-published']);
  expect(names(state, after(state, bobLeaves))).toEqual(['stream-unpublished', 'participant-left']);
});

it('announces a change of a stream for the stream, not for its publisher', () => {
  const state = after(empty, bobJoins, bobPublishes);
  const limited = {
    type: 'ConferenceStreamBitrateUpdatedEvent',
    ...bob,
    streamId: 's1',
    videoBitrate: 30_000,
  };
  expect(names(state, after(state, limited))).toEqual(['stream-updated']);
});

it('announces a change of a participant for the participant, not for its streams', () => {
  const state = after(empty, bobJoins, bobPublishes);
  const sick = { type: 'ConferenceParticipantStateChangedEvent', ...bob, state: 'SICK' };
  expect(names(state, after(state, sick))).toEqual(['participant-updated']);
});

it('announces metadata entry by entry, even under names that objects inherit', () => {
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

it('keeps unchanged objects when a snapshot is read again', () => {
  const state = after(empty, bobJoins, bobPublishes);
  expect(keepUnchanged(state, structuredClone(state))).toBe(state);
  const more = after(state, { type: 'ConferenceJoinedEvent', userId: 'eve', userEndpointId: 'eve-1' });
  const kept = keepUnchanged(state, structuredClone(more));
  expect(kept).toEqual(more);
  expect(kept.participants[0]).toBe(state.participants[0]);
  expect(kept.metadata).toBe(state.metadata);
});

it('selectors return the same objects until the participants change', () => {
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
