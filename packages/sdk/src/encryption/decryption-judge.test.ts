import { expect, test } from 'vitest';
import { DecryptionJudge } from './decryption-judge.ts';

test('half a second of frames that cannot be decrypted is told once, and so is the first that can be', () => {
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

test('a change of keys that takes less is not told', () => {
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
