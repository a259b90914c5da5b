import type { ConferenceSnapshot } from '@parley-rtc/sdk';
import { describe, expect, it } from 'vitest';
import { pillsOf } from './pills-of.ts';

const ordinary = {
  publish: ['MIC', 'CAM', 'SCREEN'],
  view: true,
  send: true,
  moderate: false,
  record: false,
};
const calm = { isSpeakingMuted: false, isMicrophoneSilent: false };

/** A snapshot of a call that the user is in alone. */
function snapshotWith(
  change: {
    readonly metadata?: readonly string[];
    readonly permissions?: object | undefined;
    readonly connection?: ConferenceSnapshot['connection'];
    readonly blockedStreamIds?: readonly string[];
  } = {},
): ConferenceSnapshot {
  const { metadata = [], connection = 'connected', blockedStreamIds = [] } = change;
  const permissions = 'permissions' in change ? change.permissions : ordinary;
  const entry = { value: 'true', lastModified: '2026-01-01T12:00:00.000Z' };
  const self = { id: 'me', userId: 'me', streams: [], metadata: {}, ...(permissions && { permissions }) };
  const conference = {
    participants: [self],
    metadata: Object.fromEntries(metadata.map((key) => [key, entry])),
  };
  const playback = { blockedStreamIds };
  const snapshot = { conference, endpointId: 'me', connection, playback, claims: {}, permissions };
  return snapshot as unknown as ConferenceSnapshot;
}

const idsOf = (...input: Parameters<typeof pillsOf>) => pillsOf(...input).map(({ id }) => id);
const actionOf = (...input: Parameters<typeof pillsOf>) => pillsOf(...input)[0]?.action?.id;

const held = (permissions: object | undefined) => snapshotWith({ metadata: ['ON_HOLD'], permissions });

describe('states that last', () => {
  it('are none in a calm call', () => {
    expect(idsOf(snapshotWith(), calm, false)).toEqual([]);
  });

  it('come with the most urgent first', () => {
    const snapshot = snapshotWith({
      metadata: ['ON_HOLD', 'RECORDER'],
      connection: 'reconnecting',
      blockedStreamIds: ['1'],
    });
    expect(idsOf(snapshot, calm, true)).toEqual([
      'reconnecting',
      'playback',
      'on-hold',
      'sharing',
      'recording',
    ]);
  });

  it('do not warn about a microphone while the call is on hold', () => {
    const warnings = { isSpeakingMuted: true, isMicrophoneSilent: true };
    expect(idsOf(snapshotWith({ metadata: ['ON_HOLD'] }), warnings, false)).toEqual(['on-hold']);
    expect(idsOf(snapshotWith(), warnings, false)).toEqual(['speaking-muted']);
    expect(idsOf(snapshotWith(), { ...calm, isMicrophoneSilent: true }, false)).toEqual(['silent']);
  });

  it('offer to resume to those who may', () => {
    expect(actionOf(held(ordinary), calm, false)).toBeUndefined();
    expect(actionOf(held({ ...ordinary, moderate: true }), calm, false)).toBe('resume');
    // A server without permissions lets everyone.
    expect(actionOf(held(undefined), calm, false)).toBe('resume');
  });

  it('offer to unmute to those who may speak', () => {
    const warnings = { ...calm, isSpeakingMuted: true };
    expect(actionOf(snapshotWith(), warnings, false)).toBe('unmute');
    const listener = snapshotWith({ permissions: { ...ordinary, publish: [] } });
    expect(actionOf(listener, warnings, false)).toBeUndefined();
  });

  it('offer to end a screen and to start playback', () => {
    expect(actionOf(snapshotWith(), calm, true)).toBe('stop-sharing');
    expect(actionOf(snapshotWith({ blockedStreamIds: ['1'] }), calm, false)).toBe('start-playback');
  });
});
