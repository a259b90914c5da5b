import { expect, it } from 'vitest';
import { capFor, SourceCap, type CappingView } from './source-cap.ts';

const watching = (videoBps: number | undefined): CappingView => ({ isWatching: true, videoBps });

it.each([
  ['nobody watches', 2_000_000, undefined, [], undefined],
  ['the only view has no limit', 2_000_000, undefined, [watching(undefined)], undefined],
  ['the only view has room', 2_000_000, undefined, [watching(2_000_000)], undefined],
  ['the only view has too little', 2_000_000, undefined, [watching(400_000)], 320_000],
  ['the only view has less than any video needs', 2_000_000, undefined, [watching(20_000)], 100_000],
  ['one of two views has room', 2_000_000, undefined, [watching(400_000), watching(undefined)], undefined],
  ['all views have too little', 2_000_000, undefined, [watching(400_000), watching(600_000)], 480_000],
  [
    'the other view is paused',
    2e6,
    undefined,
    [watching(4e5), { isWatching: false, videoBps: undefined }],
    320_000,
  ],
  ['it is capped, and there is hardly more room', 300_000, 2_000_000, [watching(2_100_000)], 1_680_000],
  ['it is capped, and there is room for all', 300_000, 2_000_000, [watching(2_400_000)], undefined],
] as const)('caps a stream for its best view: %s', (_when, rateBps, uncappedBps, views, capBps) => {
  expect(capFor({ rateBps, uncappedBps, views })).toBe(capBps);
});

it('remembers what the publisher sent before, until the cap is lifted', () => {
  const cap = new SourceCap();
  expect(cap.update(2_000_000, () => [watching(400_000)], 0)).toBe(true);
  expect([cap.capBps, cap.uncappedBps]).toEqual([320_000, 2_000_000]);
  expect(cap.update(300_000, () => [watching(1_000_000)], 100)).toBe(false);
  expect(cap.update(300_000, () => [watching(410_000)], 600)).toBe(false);
  expect(cap.update(300_000, () => [watching(1_000_000)], 1_200)).toBe(true);
  expect([cap.capBps, cap.uncappedBps]).toEqual([800_000, 2_000_000]);
  expect(cap.update(800_000, () => [watching(2_500_000)], 2_000)).toBe(true);
  expect([cap.capBps, cap.uncappedBps]).toEqual([undefined, undefined]);
});
