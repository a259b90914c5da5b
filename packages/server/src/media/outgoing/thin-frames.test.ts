import { describe, expect, it } from 'vitest';
import { shareOfFrames, thinFrames } from './thin-frames.ts';

const question = { needBps: 500_000, estimateBps: undefined, highestTemporalId: 2, current: 2 };

describe('thinFrames', () => {
  it.each([
    ['all frames when no limit is known', {}, 2],
    ['all frames on a link that carries them', { estimateBps: 500_000 }, 2],
    ['half of the frames', { estimateBps: 400_000 }, 1],
    ['a quarter of the frames', { estimateBps: 200_000 }, 0],
    ['none where not even those fit', { estimateBps: 100_000 }, -1],
    [
      'none of a stream without temporal layers that does not fit',
      { estimateBps: 300_000, highestTemporalId: 0, current: 0 },
      -1,
    ],
  ])('gives %s', (_what, changes, temporalId) => {
    expect(thinFrames({ ...question, ...changes })).toBe(temporalId);
  });

  it('rises only with headroom', () => {
    expect(thinFrames({ ...question, estimateBps: 300_000, current: 0 })).toBe(0);
    expect(thinFrames({ ...question, estimateBps: 350_000, current: 0 })).toBe(1);
    expect(thinFrames({ ...question, estimateBps: 280_000, current: 1 })).toBe(1);
    expect(thinFrames({ ...question, estimateBps: 200_000, current: -1 })).toBe(-1);
    expect(thinFrames({ ...question, estimateBps: 240_000, current: -1 })).toBe(0);
  });
});

it.each([
  [0, [500_000]],
  [1, [300_000, 500_000]],
  [2, [200_000, 300_000, 500_000]],
  [3, [125_000, 200_000, 300_000, 500_000]],
])('knows what the layers of a stream with temporal layers up to %i need', (highestTemporalId, needsBps) => {
  const most = (estimateBps: number, current: number) =>
    thinFrames({ needBps: 500_000, estimateBps, highestTemporalId, current });
  for (const [temporalId, needBps] of needsBps.entries()) {
    // A layer that is sent stays with up to a tenth too little.
    expect(most(Math.ceil(needBps / 1.1), highestTemporalId)).toBe(temporalId);
    expect(most(Math.floor(needBps / 1.1) - 1, highestTemporalId)).toBe(temporalId - 1);
    // Another one needs 15 % more than it takes.
    expect(most(Math.ceil(needBps * 1.15), temporalId - 1)).toBe(temporalId);
    expect(most(Math.floor(needBps * 1.15) - 1, temporalId - 1)).toBe(temporalId - 1);
  }
});

it('knows what share of a stream its temporal layers take', () => {
  expect([0, 1, 2, 3].map((temporalId) => shareOfFrames(temporalId, 2))).toEqual([0.4, 0.6, 1, 1]);
  expect(shareOfFrames(0, 0)).toBe(1);
});
