import { describe, expect, it } from 'vitest';
import type { ConferenceState } from './conference-state.ts';
import { findStream, UNKNOWN_VERSION } from './conference-state.ts';
import type { ConferenceEvent } from './events.ts';
import { createdConference, placeInHistory, reduce } from './reduce.ts';
import { anEvent, created } from './testing/histories.ts';

function after(...events: ConferenceEvent[]): ConferenceState {
  return events.reduce(reduce, createdConference(created));
}

const joined = anEvent('ConferenceJoinedEvent', 0, { metadata: { name: 'Ada' } });
const published = anEvent('ConferenceStreamPublishedEvent', 1, { streamId: 's1', streamType: 'CAM' });

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

  it('adds a participant who joins and removes one who leaves, one version step each', () => {
    expect(after(joined)).toMatchObject({
      version: 1,
      participants: [
        { id: 'ada-tab', userId: 'ada', state: 'HEALTHY', streams: [], metadata: { name: 'Ada' } },
      ],
    });
    expect(after(joined, anEvent('ConferenceLeftEvent', 1))).toMatchObject({ version: 2, participants: [] });
  });

  it('lets an endpoint that joins again start without its former streams', () => {
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

  it('counts a stream of somebody who is not inside as a version step and nothing else', () => {
    expect(
      after(anEvent('ConferenceStreamPublishedEvent', 0, { streamId: 's1', streamType: 'MIC' })),
    ).toMatchObject({
      version: 1,
      participants: [],
    });
  });

  it('sets and removes metadata, also under keys that name something of JavaScript', () => {
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

  it('replaces participant and stream metadata, bitrate, health and interaction', () => {
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

  it('takes stream metadata without a stream id as meant for the endpoint’s only stream', () => {
    const about = anEvent('ConferenceStreamMetadataUpdatedEvent', 2, { newMetadata: { portraitMode: true } });
    expect(after(joined, published, about).participants[0]?.streams[0]?.metadata).toEqual({
      portraitMode: true,
    });
  });

  it('leaves nobody inside when the conference ends, and says why', () => {
    expect(after(joined, published, anEvent('ConferenceEndedEvent', 2, { reason: 'over' }))).toMatchObject({
      version: 3,
      participants: [],
      ended: { reason: 'over' },
    });
  });

  it('gives back the same object for what is old, early or outside the history', () => {
    const state = after(joined);
    expect(reduce(state, joined)).toBe(state);
    expect(reduce(state, anEvent('ConferenceLeftEvent', 5))).toBe(state);
    expect(reduce(state, { ...joined, conferenceVersion: null })).toBe(state);
    expect(reduce(state, created)).toBe(state);
  });

  it('keeps the objects of what did not change', () => {
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

  it('steps over a type it does not know, so that later events still fit', () => {
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
