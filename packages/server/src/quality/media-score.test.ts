import { expect, it } from 'vitest';
import type { MediaFacts } from '../media/media-router.ts';
import { gradeOf, mediaScore, smoothScore } from './media-score.ts';

const fine: MediaFacts = {
  kind: 'video',
  packets: 100,
  bytes: 100_000,
  keyFrames: 1,
  bitrateBps: 1_000_000,
  lossRatio: 0,
  jitterMs: 2,
  roundTripMs: 20,
};

it.each<[string, Partial<MediaFacts>, number]>([
  ['a clean link', {}, 100],
  ['a link of which only one side is known', { roundTripMs: 0 }, 100],
  ['2 % video loss', { lossRatio: 0.02 }, 80],
  ['2 % audio loss', { kind: 'audio', lossRatio: 0.02 }, 89],
  ['a round trip of 300 ms', { roundTripMs: 300 }, 96],
  ['a round trip of 800 ms', { roundTripMs: 800 }, 72],
  ['a delay of 160 ms, the last that costs little', { roundTripMs: 320, jitterMs: 0 }, 96],
  ['a delay just above it', { roundTripMs: 340, jitterMs: 0 }, 95],
  ['jitter, which counts twice', { roundTripMs: 0, jitterMs: 100 }, 92],
  ['heavy loss, which has a floor', { lossRatio: 0.5 }, 30],
  ['silence', { bitrateBps: 0 }, 20],
])('scores %s', (_, facts, score) => {
  expect(mediaScore({ ...fine, ...facts })).toBe(score);
});

it('scores a link whose round trip is unknown by its jitter and loss', () => {
  const { roundTripMs: _, ...unknown } = fine;
  expect(mediaScore({ ...unknown, jitterMs: 20 })).toBe(99);
});

it('grades as the platform does', () => {
  expect([100, 81, 80, 41, 40, 20].map(gradeOf)).toEqual([
    'OPTIMAL',
    'OPTIMAL',
    'SUBOPTIMAL',
    'SUBOPTIMAL',
    'BAD',
    'BAD',
  ]);
});

it('falls fast and rises slowly', () => {
  expect(smoothScore(undefined, 70)).toBe(70);
  expect(smoothScore(100, 50)).toBe(60);
  expect(smoothScore(50, 100)).toBe(70);
});
