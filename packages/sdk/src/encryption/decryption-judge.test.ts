import { expect, it } from 'vitest';
import { DecryptionJudge } from './decryption-judge.ts';

it('reports half a second of undecryptable frames once, and the first frame that decrypts again', () => {
  const judge = new DecryptionJudge();
  const verdicts = [
    judge.onFrame(true, 0),
    judge.onFrame(false, 100),
    judge.onFrame(false, 599),
    judge.onFrame(false, 600),
    judge.onFrame(false, 5000),
    judge.onFrame(true, 5001),
    judge.onFrame(true, 5002),
  ];
  expect(verdicts).toEqual([undefined, undefined, undefined, false, undefined, true, undefined]);
});

it('does not report a key change that takes less than half a second', () => {
  const judge = new DecryptionJudge();
  for (const [isDecrypted, nowMs] of [
    [false, 0],
    [false, 400],
    [true, 450],
    [false, 500],
    [false, 999],
    [true, 1000],
  ] as const) {
    expect(judge.onFrame(isDecrypted, nowMs)).toBeUndefined();
  }
});
