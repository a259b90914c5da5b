import { expect, it } from 'vitest';
import { firstToKeep, isCheckpointDue } from './checkpoints.ts';

const at = (bytesBefore: number, stateBytes = 0) => ({ bytesBefore, stateBytes });

it.each([
  [at(0), 99, false],
  [at(0), 100, true],
  [at(500), 599, false],
  [at(500), 600, true],
  [at(0, 300), 299, false],
  [at(0, 300), 300, true],
])('after %j and %i bytes in all, a checkpoint is due: %s', (last, totalBytes, isDue) => {
  expect(isCheckpointDue(last, totalBytes, 800)).toBe(isDue);
});

it.each([
  [799, 0],
  [800, 0],
  [899, 0],
  [900, 1],
  [2_000, 3],
])('with %i bytes in all, keeps events from checkpoint %i on', (totalBytes, index) => {
  expect(firstToKeep([at(0), at(100), at(200), at(300)], totalBytes, 800)).toBe(index);
});
