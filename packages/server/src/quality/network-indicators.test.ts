import { expect, it } from 'vitest';
import type { MediaFacts } from '../media/media-router.ts';
import { NetworkIndicators } from './network-indicators.ts';

const facts = (changed: Partial<MediaFacts> = {}): MediaFacts => ({
  kind: 'video',
  packets: 100,
  bytes: 100_000,
  keyFrames: 1,
  bitrateBps: 1_000_000,
  lossRatio: 0,
  jitterMs: 4,
  roundTripMs: 40,
  ...changed,
});

it("tells each endpoint's worst stream, and the average of all", () => {
  const told = new NetworkIndicators().of([
    { endpointId: 'ep-1', media: [facts(), facts({ lossRatio: 0.03, jitterMs: 8 })] },
    { endpointId: 'ep-2', media: [facts({ kind: 'audio' })] },
  ]);
  expect(told).toEqual({
    averageNetworkQuality: 84,
    participantIndicatorMap: {
      'ep-1': { averageJitter: 6, averageRtt: 40, averageNetworkQuality: 69, grade: 'SUBOPTIMAL' },
      'ep-2': { averageJitter: 4, averageRtt: 40, averageNetworkQuality: 99, grade: 'OPTIMAL' },
    },
  });
});

it('leaves out who sends and receives nothing, and says nothing when that is everybody', () => {
  const indicators = new NetworkIndicators();
  const paused = { endpointId: 'ep-1', media: [facts({ bitrateBps: 0 })] };
  expect(indicators.of([paused, { endpointId: 'ep-2', media: [] }])).toBeUndefined();
  const told = indicators.of([paused, { endpointId: 'ep-2', media: [facts()] }]);
  expect(Object.keys(told?.participantIndicatorMap ?? {})).toEqual(['ep-2']);
});

it('remembers a bad moment for a while, but not of somebody who is gone', () => {
  const indicators = new NetworkIndicators();
  const quality = (lossRatio: number): number | undefined =>
    indicators.of([{ endpointId: 'ep-1', media: [facts({ lossRatio })] }])?.averageNetworkQuality;
  expect(quality(0.05)).toBe(49);
  expect(quality(0)).toBe(69);
  indicators.keepOnly(new Set());
  expect(quality(0)).toBe(99);
});
