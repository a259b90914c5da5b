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

const { roundTripMs: _, ...unmeasured } = facts();

it("reports each endpoint's worst stream, and the average of all endpoints", () => {
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

it('omits endpoints without media, and returns nothing if that is all of them', () => {
  const indicators = new NetworkIndicators();
  const paused = { endpointId: 'ep-1', media: [facts({ bitrateBps: 0 })] };
  expect(indicators.of([paused, { endpointId: 'ep-2', media: [] }])).toBeUndefined();
  const told = indicators.of([paused, { endpointId: 'ep-2', media: [facts()] }]);
  expect(Object.keys(told?.participantIndicatorMap ?? {})).toEqual(['ep-2']);
});

it('averages the round trips that are known', () => {
  const told = new NetworkIndicators().of([
    { endpointId: 'ep-1', media: [facts(), unmeasured, facts({ roundTripMs: 20 })] },
    { endpointId: 'ep-2', media: [unmeasured] },
  ]);
  expect(told?.participantIndicatorMap).toMatchObject({
    'ep-1': { averageRtt: 30 },
    'ep-2': { averageRtt: 0 },
  });
});

it('does not count a stream of which no packet has arrived yet', () => {
  const told = new NetworkIndicators().of([{ endpointId: 'ep-1', media: [facts({ packets: 0 })] }]);
  expect(told).toBeUndefined();
});

it('remembers the scores of endpoints that are still there', () => {
  const indicators = new NetworkIndicators();
  const told = (lossRatio: number, ...endpointIds: readonly string[]) =>
    indicators.of(endpointIds.map((endpointId) => ({ endpointId, media: [facts({ lossRatio })] })));
  told(0.05, 'ep-1', 'ep-2');
  indicators.keepOnly(new Set(['ep-2']));
  expect(told(0, 'ep-1', 'ep-2')?.participantIndicatorMap).toMatchObject({
    'ep-1': { averageNetworkQuality: 99 },
    'ep-2': { averageNetworkQuality: 69 },
  });
});

it('smooths a bad score, but forgets endpoints that are gone', () => {
  const indicators = new NetworkIndicators();
  const quality = (lossRatio: number): number | undefined =>
    indicators.of([{ endpointId: 'ep-1', media: [facts({ lossRatio })] }])?.averageNetworkQuality;
  expect(quality(0.05)).toBe(49);
  expect(quality(0)).toBe(69);
  indicators.keepOnly(new Set());
  expect(quality(0)).toBe(99);
});
