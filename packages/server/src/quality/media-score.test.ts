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
  ['2 % loss of a picture', { lossRatio: 0.02 }, 80],
  ['2 % loss of a voice', { kind: 'audio', lossRatio: 0.02 }, 89],
  ['a round trip of 300 ms', { roundTripMs: 300 }, 96],
  ['a round trip of 800 ms', { roundTripMs: 800 }, 72],
  ['heavy loss, which has a floor', { lossRatio: 0.5 }, 30],
  ['silence', { bitrateBps: 0 }, 20],
])('scores %s', (_, facts, score) => {
  expect(mediaScore({ ...fine, ...facts })).toBe(score);
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
