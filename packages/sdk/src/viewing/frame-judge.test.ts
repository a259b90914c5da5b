import { expect, it } from 'vitest';
import { judgeFrames, type FrameJudgement, type FrameSample } from './frame-judge.ts';

/** Judges samples 5 s apart, each given as packets and frames. */
function isStuck(
  counters: readonly (readonly [packets: number, frames: number])[],
  { mayBeStill = false, isExpected = true } = {},
): boolean {
  let judgement: FrameJudgement | undefined;
  for (const [index, [packets, frames]] of counters.entries()) {
    const sample: FrameSample = { atMs: index * 5_000, packets, frames, isExpected };
    judgement = judgeFrames(judgement, sample, mayBeStill);
  }
  return judgement?.isStuck ?? false;
}

it('is stuck after ten seconds without a frame, whether packets arrive or not', () => {
  expect(
    isStuck([
      [0, 0],
      [0, 0],
    ]),
  ).toBe(false);
  expect(
    isStuck([
      [0, 0],
      [0, 0],
      [0, 0],
    ]),
  ).toBe(true);
  expect(
    isStuck([
      [5, 5],
      [9, 5],
      [12, 5],
    ]),
  ).toBe(true);
});

it('recovers with the next frame', () => {
  expect(
    isStuck([
      [0, 0],
      [0, 0],
      [0, 0],
      [4, 1],
    ]),
  ).toBe(false);
});

it('is never stuck while the video is paused or muted', () => {
  expect(
    isStuck(
      [
        [5, 5],
        [5, 5],
        [5, 5],
      ],
      { isExpected: false },
    ),
  ).toBe(false);
});

it('lets a screen be still, but not before its first frame or while packets arrive', () => {
  const mayBeStill = true;
  expect(
    isStuck(
      [
        [5, 5],
        [5, 5],
        [5, 5],
      ],
      { mayBeStill },
    ),
  ).toBe(false);
  expect(
    isStuck(
      [
        [0, 0],
        [0, 0],
        [0, 0],
      ],
      { mayBeStill },
    ),
  ).toBe(true);
  expect(
    isStuck(
      [
        [5, 5],
        [9, 5],
        [12, 5],
      ],
      { mayBeStill },
    ),
  ).toBe(true);
});
