import type { StreamQuality } from '@parley-rtc/sdk';
import { describe, expect, it } from 'vitest';
import { handRaisedAtOf, tilesOf } from './tiles-of.ts';

const streams = [
  { id: 's1', type: 'MIC' as const, metadata: {} },
  { id: 's2', type: 'CAM' as const, metadata: {} },
];

function tileWith(
  quality: Partial<StreamQuality> | undefined,
  metadata: Readonly<Record<string, unknown>> = {},
  speakingStreamIds: readonly string[] = [],
) {
  const snapshot = {
    endpointId: 'me',
    claims: {},
    conference: {
      participants: [{ id: 'bob', userId: 'bob', metadata: { name: 'Bob' }, streams }],
      metadata,
    },
  };
  const qualities = new Map(quality ? [['s2', { score: 1, causes: [], level: 'good', ...quality }]] : []);
  return tilesOf(snapshot as never, { speakingStreamIds, qualities: qualities as never })[0];
}

describe('a tile', () => {
  it('joins a microphone and a camera that are published apart', () => {
    expect(tileWith(undefined)).toMatchObject({ streamId: 's2', hasVideo: true, microphone: 'on' });
  });

  it('is frozen when its video has stopped, but not when it is out of sight or was turned off', () => {
    expect(tileWith({ level: 'poor' })?.isFrozen).toBe(false);
    expect(tileWith({ level: 'lost' })?.isFrozen).toBe(true);
    const hidden = { code: 'element-hidden', evidence: {}, suggestion: '' } as const;
    expect(tileWith({ level: 'lost', causes: [hidden] })?.isFrozen).toBe(false);
    const off = { 'TRACK_MUTED/video/s2': { value: 'true', userEndpointId: 'bob' } };
    expect(tileWith({ level: 'lost' }, off)).toMatchObject({ isFrozen: false, hasVideo: false });
  });

  it('speaks only with its microphone on', () => {
    expect(tileWith(undefined, {}, ['s1'])?.isSpeaking).toBe(true);
    const muted = { 'TRACK_MUTED/audio/s1': { value: 'true', userEndpointId: 'bob' } };
    expect(tileWith(undefined, muted, ['s1'])).toMatchObject({ isSpeaking: false, microphone: 'muted' });
  });
});

const raised = (metadata: object) => handRaisedAtOf({ metadata: metadata as never });

describe('a raised hand', () => {
  it('is read from metadata of our pages and of others, whatever they contain', () => {
    expect(raised({ handRaisedAt: '2026-01-01T00:00:00.000Z' })).toBe('2026-01-01T00:00:00.000Z');
    expect(raised({ isHandRaised: true })).toBe('');
    for (const other of [{}, { isHandRaised: 'yes' }, { handRaisedAt: 5 }, { handRaisedAt: '' }]) {
      expect(raised(other)).toBeUndefined();
    }
  });
});
