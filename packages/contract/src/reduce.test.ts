import { describe, expect, it } from 'vitest';
import { findStream, UNKNOWN_VERSION, type ConferenceState } from './conference-state.ts';
import type { ConferenceEvent } from './events.ts';
import { permissionsKey } from './moderation-keys.ts';
import { createdConference, placeInHistory, reduce } from './reduce.ts';
import { anEvent, created } from './testing/histories.ts';

function after(...events: ConferenceEvent[]): ConferenceState {
  return events.reduce(reduce, createdConference(created));
}

const joined = anEvent('ConferenceJoinedEvent', 0, { metadata: { name: 'Ada' } });
const published = anEvent('ConferenceStreamPublishedEvent', 1, { streamId: 's1', streamType: 'CAM' });

/** The metadata entry that is set at a version. */
function set(version: number, key: string, value: string): ConferenceEvent {
  return anEvent('ConferenceMetadataUpdatedEvent', version, { operation: 'SET', key, value });
}

function values({ metadata }: ConferenceState): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([key, { value }]) => [key, value]));
}

/** Each participant's id, followed by those of its streams. */
function ids({ participants }: ConferenceState): string[][] {
  return participants.map(({ id, streams }) => [id, ...streams.map((stream) => stream.id)]);
}

describe('reduce', () => {
  it('starts empty at version 0, with the creator’s metadata as entries', () => {
    const state = createdConference({ ...created, metadata: { participant_limit: '8' } });
    expect(state).toMatchObject({ version: 0, mode: 'ROUTER', participants: [], creator: 'ada' });
    expect(state.metadata['participant_limit']).toEqual({
      value: '8',
      userId: 'ada',
      userEndpointId: undefined,
      lastModified: created.timestamp,
    });
  });

  it('adds a participant on join and removes it on leave, one version each', () => {
    expect(after(joined)).toMatchObject({
      version: 1,
      participants: [
        { id: 'ada-tab', userId: 'ada', state: 'HEALTHY', streams: [], metadata: { name: 'Ada' } },
      ],
    });
    expect(after(joined, anEvent('ConferenceLeftEvent', 1))).toMatchObject({ version: 2, participants: [] });
  });

  it('replaces a stream whose id is published again, and keeps the others', () => {
    const state = after(
      joined,
      published,
      anEvent('ConferenceStreamPublishedEvent', 2, { streamId: 's2', streamType: 'MIC' }),
      anEvent('ConferenceStreamPublishedEvent', 3, { streamId: 's1', streamType: 'SCREEN' }),
    );
    expect(state.participants[0]?.streams.map(({ id, type }) => [id, type])).toEqual([
      ['s2', 'MIC'],
      ['s1', 'SCREEN'],
    ]);
  });

  it('drops the old streams of an endpoint that joins again', () => {
    const state = after(joined, published, anEvent('ConferenceJoinedEvent', 2));
    expect(state.participants).toHaveLength(1);
    expect(state.participants[0]?.streams).toEqual([]);
  });

  it('adds and removes streams of their publisher', () => {
    expect(findStream(after(joined, published), 's1')).toMatchObject({
      stream: { id: 's1', type: 'CAM', metadata: {}, videoBitrate: 0 },
      participant: { id: 'ada-tab' },
    });
    const unpublished = anEvent('ConferenceStreamUnpublishedEvent', 2, { streamId: 's1', streamType: 'CAM' });
    expect(findStream(after(joined, published, unpublished), 's1')).toBeUndefined();
  });

  it('replaces a stream that its publisher publishes again, and leaves other streams alone', () => {
    const screen = anEvent('ConferenceStreamPublishedEvent', 2, { streamId: 's2', streamType: 'SCREEN' });
    const again = anEvent('ConferenceStreamPublishedEvent', 3, {
      streamId: 's1',
      streamType: 'MIC_AND_CAM',
      videoBitrate: 300_000,
    });
    const [participant] = after(joined, published, screen, again).participants;
    expect(participant?.streams).toEqual([
      { id: 's2', type: 'SCREEN', metadata: {}, videoBitrate: 0 },
      { id: 's1', type: 'MIC_AND_CAM', metadata: {}, videoBitrate: 300_000 },
    ]);
  });

  it('removes only the stream that is unpublished, and only the participant who leaves', () => {
    const state = after(
      joined,
      published,
      anEvent('ConferenceStreamPublishedEvent', 2, { streamId: 's2', streamType: 'SCREEN' }),
      anEvent('ConferenceJoinedEvent', 3, { userEndpointId: 'bob-tab', userId: 'bob' }),
      anEvent('ConferenceStreamPublishedEvent', 4, {
        userEndpointId: 'bob-tab',
        streamId: 's3',
        streamType: 'MIC',
      }),
      anEvent('ConferenceStreamUnpublishedEvent', 5, { streamId: 's1', streamType: 'CAM' }),
    );
    expect(ids(state)).toEqual([
      ['ada-tab', 's2'],
      ['bob-tab', 's3'],
    ]);
    expect(ids(reduce(state, anEvent('ConferenceLeftEvent', 6)))).toEqual([['bob-tab', 's3']]);
  });

  it('changes only the participant and the stream that the event names', () => {
    const before = after(
      joined,
      published,
      anEvent('ConferenceStreamPublishedEvent', 2, { streamId: 's2', streamType: 'SCREEN' }),
      anEvent('ConferenceJoinedEvent', 3, { userEndpointId: 'bob-tab', userId: 'bob' }),
    );
    const state = [
      anEvent('ConferenceParticipantMetadataUpdatedEvent', 4, { newMetadata: { hand: true } }),
      anEvent('ConferenceStreamBitrateUpdatedEvent', 5, { streamId: 's1', videoBitrate: 300_000 }),
    ].reduce(reduce, before);
    expect(state.participants[1]).toBe(before.participants[1]);
    expect(state.participants[0]?.streams[1]).toBe(before.participants[0]?.streams[1]);
    const about = anEvent('ConferenceStreamMetadataUpdatedEvent', 6, { newMetadata: { portraitMode: true } });
    expect(reduce(state, about).participants).toEqual(state.participants);
  });

  const allowed = {
    publish: ['MIC', 'CAM', 'SCREEN'],
    view: true,
    send: true,
    moderate: false,
    record: false,
  } as const;
  const listening = { ...allowed, publish: [], send: false };
  const permitted = anEvent('ConferenceJoinedEvent', 0, {
    permissions: allowed,
    verified: { name: 'Dr Ada' },
  });
  const key = permissionsKey('ada-tab');

  it('keeps what a participant may do and what is verified, and follows the entry that changes it', () => {
    expect(after(permitted).participants[0]).toMatchObject({
      permissions: allowed,
      verified: { name: 'Dr Ada' },
    });
    const state = after(permitted, set(1, key, JSON.stringify(listening)));
    expect(state.participants[0]).toMatchObject({ permissions: listening, verified: { name: 'Dr Ada' } });
    expect(values(state)[key]).toBe(JSON.stringify(listening));
  });

  it.each([
    ['of another participant', permissionsKey('bob-tab'), JSON.stringify(listening)],
    ['with another key', 'PERMISSIONS/ada-tab', JSON.stringify(listening)],
    ['that is no JSON', key, 'listening'],
    ['without all permissions', key, '{"publish":[]}'],
  ])('does not take permissions from an entry %s', (_what, written, value) => {
    expect(after(permitted, set(1, written, value)).participants[0]).toMatchObject({ permissions: allowed });
  });

  it('ignores entries with permissions for a participant whose server sent none, and their removal', () => {
    const entry = JSON.stringify(listening);
    expect(after(joined, set(1, key, entry)).participants[0]).not.toHaveProperty('permissions');
    const removed = anEvent('ConferenceMetadataUpdatedEvent', 2, {
      operation: 'REMOVE',
      key,
      value: JSON.stringify(allowed),
    });
    expect(after(permitted, set(1, key, entry), removed).participants[0]).toMatchObject({
      permissions: listening,
    });
  });

  it('keeps other entries when one is set again or removed', () => {
    const state = after(set(0, 'a', '1'), set(1, 'b', '2'), set(2, 'a', '3'));
    expect(values(state)).toEqual({ a: '3', b: '2' });
    const remove = anEvent('ConferenceMetadataUpdatedEvent', 3, { operation: 'REMOVE', key: 'a' });
    expect(values(reduce(state, remove))).toEqual({ b: '2' });
  });

  it('names each version by the event that led to it', () => {
    expect(createdConference(created).versionId).toBe(created.id);
    expect(after(joined, published).versionId).toBe(published.id);
    expect(after(joined, joined).versionId).toBe(joined.id);
  });

  it('does not name versions after a snapshot without a version id', () => {
    const snapshot = { ...createdConference(created), versionId: undefined };
    expect(reduce(snapshot, joined)).toMatchObject({ version: 1, versionId: undefined });
  });

  it('only advances the version for a stream of an absent participant', () => {
    expect(
      after(anEvent('ConferenceStreamPublishedEvent', 0, { streamId: 's1', streamType: 'MIC' })),
    ).toMatchObject({
      version: 1,
      participants: [],
    });
  });

  it('sets and removes metadata, even under names of built-in properties', () => {
    const set = anEvent('ConferenceMetadataUpdatedEvent', 0, {
      operation: 'SET',
      key: '__proto__',
      value: 'x',
    });
    const state = after(set);
    expect(Object.keys(state.metadata)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(state.metadata)).toBe(Object.prototype);
    const removed = reduce(
      state,
      anEvent('ConferenceMetadataUpdatedEvent', 1, { operation: 'REMOVE', key: '__proto__' }),
    );
    expect(Object.keys(removed.metadata)).toEqual([]);
  });

  it('replaces participant and stream metadata, bitrate, health and interaction id', () => {
    const state = after(
      joined,
      published,
      anEvent('ConferenceParticipantMetadataUpdatedEvent', 2, { newMetadata: { hand: true } }),
      anEvent('ConferenceStreamMetadataUpdatedEvent', 3, {
        streamId: 's1',
        newMetadata: { portraitMode: true },
      }),
      anEvent('ConferenceStreamBitrateUpdatedEvent', 4, { streamId: 's1', videoBitrate: 300_000 }),
      anEvent('ConferenceParticipantStateChangedEvent', 5, { state: 'SICK' }),
      anEvent('ConferenceInteractionIdSetEvent', 6, { interactionId: 'i-1' }),
    );
    expect(state).toMatchObject({
      version: 7,
      interactionId: 'i-1',
      participants: [
        {
          state: 'SICK',
          metadata: { hand: true },
          streams: [{ id: 's1', metadata: { portraitMode: true }, videoBitrate: 300_000 }],
        },
      ],
    });
  });

  it('applies stream metadata without a stream id to the endpoint’s only stream', () => {
    const about = anEvent('ConferenceStreamMetadataUpdatedEvent', 2, { newMetadata: { portraitMode: true } });
    expect(after(joined, published, about).participants[0]?.streams[0]?.metadata).toEqual({
      portraitMode: true,
    });
  });

  it('changes no entry for an operation that it does not know, and sets one without a value to nothing', () => {
    const unknown = anEvent('ConferenceMetadataUpdatedEvent', 1, {
      operation: 'UNKNOWN',
      key: 'a',
      value: '2',
    });
    expect(values(after(set(0, 'a', '1'), unknown))).toEqual({ a: '1' });
    const empty = anEvent('ConferenceMetadataUpdatedEvent', 0, { operation: 'SET', key: 'a' });
    const state = after(empty);
    expect(state.metadata['a']).toEqual({
      value: '',
      userId: empty.userId,
      userEndpointId: empty.userEndpointId,
      lastModified: empty.timestamp,
    });
  });

  it('keeps what a stream is published with, and the mode and ids of a created conference', () => {
    const streams = after(
      joined,
      anEvent('ConferenceStreamPublishedEvent', 1, {
        streamId: 's1',
        streamType: 'CAM',
        metadata: { portraitMode: true },
        videoBitrate: 30_000,
      }),
    ).participants[0]?.streams;
    expect(streams).toEqual([
      { id: 's1', type: 'CAM', metadata: { portraitMode: true }, videoBitrate: 30_000 },
    ]);
    const details = { mode: 'P2P', organizationId: 'o-1', interactionId: 'i-1' } as const;
    expect(createdConference({ ...created, ...details })).toMatchObject(details);
  });

  it('changes nothing but the version for streams, participants and an only stream that it does not know', () => {
    const before = after(joined);
    for (const event of [
      anEvent('ConferenceStreamUnpublishedEvent', 1, { streamId: 'x', streamType: 'CAM' }),
      anEvent('ConferenceStreamBitrateUpdatedEvent', 1, { streamId: 'x', videoBitrate: 30_000 }),
      anEvent('ConferenceStreamMetadataUpdatedEvent', 1, { newMetadata: { a: 1 } }),
      anEvent('ConferenceStreamMetadataUpdatedEvent', 1, { userEndpointId: 'x', newMetadata: { a: 1 } }),
      anEvent('ConferenceParticipantStateChangedEvent', 1, { userEndpointId: 'x', state: 'SICK' }),
      anEvent('ConferenceLeftEvent', 1, { userEndpointId: 'x' }),
    ]) {
      expect(reduce(before, event)).toEqual({ ...before, version: 2, versionId: event.id });
    }
  });

  it('removes all participants when the conference ends, and keeps the reason', () => {
    expect(after(joined, published, anEvent('ConferenceEndedEvent', 2, { reason: 'over' }))).toMatchObject({
      version: 3,
      participants: [],
      ended: { reason: 'over' },
    });
  });

  it('returns the same object for events that are old, early or outside the history', () => {
    const state = after(joined);
    expect(reduce(state, joined)).toBe(state);
    expect(reduce(state, anEvent('ConferenceLeftEvent', 5))).toBe(state);
    expect(reduce(state, { ...joined, conferenceVersion: null })).toBe(state);
    expect(reduce(state, created)).toBe(state);
  });

  it('reuses the objects that did not change', () => {
    const before = after(
      joined,
      anEvent('ConferenceJoinedEvent', 1, { userEndpointId: 'bob-tab', userId: 'bob' }),
    );
    const next = reduce(
      before,
      anEvent('ConferenceStreamPublishedEvent', 2, { streamId: 's1', streamType: 'CAM' }),
    );
    expect(next.participants[1]).toBe(before.participants[1]);
    expect(next.metadata).toBe(before.metadata);
  });

  it('advances the version for an unknown type, so that later events still fit', () => {
    const unknown: ConferenceEvent = {
      id: 'e-0',
      type: 'UnknownEvent',
      originalType: 'ConferenceFutureEvent',
      raw: { type: 'ConferenceFutureEvent' },
      timestamp: '',
      conferenceId: 'c-1',
      conferenceVersion: 0,
    };
    expect(after(unknown).version).toBe(1);
  });
});

describe('placeInHistory', () => {
  it('accepts any versioned event after a snapshot without a version', () => {
    const state = { ...createdConference(created), version: UNKNOWN_VERSION };
    expect(placeInHistory(state, anEvent('ConferenceLeftEvent', 41))).toBe('next');
    expect(reduce(state, anEvent('ConferenceLeftEvent', 41)).version).toBe(42);
  });
});
