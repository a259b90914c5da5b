import { isDeepStrictEqual } from 'node:util';
import { createdConference, type ConferenceState, type Participant } from '@parley-rtc/contract';
import { assert, jsonValue, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConferenceSnapshot } from './conference-store.ts';
import { nothingBlocked } from './playback.ts';
import { keepUnchanged, sameJson, sameSnapshot } from './unchanged.ts';

const participant = (id: string, metadata: Participant['metadata'] = {}): Participant => ({
  id,
  userId: id,
  state: 'HEALTHY',
  streams: [{ id: `${id}-camera`, type: 'CAM', metadata: {}, videoBitrate: 0 }],
  metadata,
});

const empty = createdConference({
  type: 'ConferenceCreatedEvent',
  id: 'e0',
  timestamp: '',
  conferenceId: 'room',
  conferenceVersion: null,
  metadata: { topic: 'tests' },
});

const withParticipants = (...participants: readonly Participant[]): ConferenceState => ({
  ...empty,
  participants,
});

describe('reading a snapshot again', () => {
  const before = withParticipants(participant('ada'), participant('bob'));

  it('changes nothing when it is equal', () => {
    expect(keepUnchanged(before, structuredClone(before))).toBe(before);
  });

  it('keeps everything but the version when only that differs', () => {
    const after = structuredClone({ ...before, version: 7 });
    const kept = keepUnchanged(before, after);
    expect(kept).toEqual(after);
    expect(kept).not.toBe(before);
    expect(kept.participants).toBe(before.participants);
    expect(kept.metadata).toBe(before.metadata);
  });

  it('replaces the metadata when they differ', () => {
    const after = structuredClone({ ...before, metadata: {} });
    expect(keepUnchanged(before, after)).toEqual(after);
  });

  it.each<[string, ConferenceState]>([
    ['changed', withParticipants(participant('ada'), participant('bob', { hand: true }))],
    ['left', withParticipants(participant('ada'))],
    ['joined', withParticipants(participant('ada'), participant('bob'), participant('eve'))],
    ['come in another order', withParticipants(participant('bob'), participant('ada'))],
  ])('replaces only the participants that differ when some have %s', (_what, now) => {
    const after = structuredClone(now);
    const kept = keepUnchanged(before, after);
    expect(kept).toEqual(now);
    const same = kept.participants.find(({ id }) => id === 'ada');
    expect(same).toBe(before.participants[0]);
  });
});

it('compares JSON by its content', () => {
  assert(
    property(jsonValue(), jsonValue(), (one, other) => {
      expect(sameJson(one, structuredClone(one))).toBe(true);
      expect(sameJson(one, other)).toBe(isDeepStrictEqual(one, other));
    }),
  );
});

it.each<[unknown, unknown, boolean]>([
  [{}, [], false],
  [null, {}, false],
  [{ a: 1 }, { a: 1, b: undefined }, true],
  [{ a: 1 }, { a: 1, b: null }, false],
  [{ toString: 1 }, {}, false],
  [[1, 2], [2, 1], false],
  [[1], [1, 2], false],
])('compares %j with %j', (one, other, isSame) => {
  expect(sameJson(one, other)).toBe(isSame);
  expect(sameJson(other, one)).toBe(isSame);
});

it('compares snapshots part by part, by identity', () => {
  const snapshot: ConferenceSnapshot = {
    conference: empty,
    endpointId: 'me',
    connection: 'connected',
    ownStreams: [],
    playback: nothingBlocked,
    claims: {},
    network: undefined,
    permissions: undefined,
    removal: undefined,
  };
  expect(sameSnapshot(snapshot, { ...snapshot })).toBe(true);
  expect(sameSnapshot(snapshot, { ...snapshot, connection: 'left' })).toBe(false);
  expect(sameSnapshot(snapshot, { ...snapshot, conference: { ...empty } })).toBe(false);
});
