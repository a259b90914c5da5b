import { expect, it } from 'vitest';
import { ArrivalTimes } from './arrival-times.ts';

function setUp() {
  const recorded: [number, number][] = [];
  return { recorded, times: new ArrivalTimes((number, ms) => recorded.push([number, ms])) };
}

it('restores the send spacing of packets in one turn', () => {
  const { recorded, times } = setUp();
  times.add(1, 63_990, 100, 1);
  for (const [number, sentMs] of [
    [2, 63_992],
    [3, 63_998],
    [4, 4],
  ] as const) {
    times.add(number, sentMs, 130, 2);
  }
  times.flush();
  expect(recorded).toEqual([
    [1, 100],
    [2, 118],
    [3, 124],
    [4, 130],
  ]);
});

it('places no packet before those of an earlier turn, and keeps times without send times', () => {
  const { recorded, times } = setUp();
  times.add(1, 0, 100, 1);
  times.add(2, 10, 105, 2);
  times.add(3, 40, 105, 2);
  times.add(4, undefined, 110, 3);
  times.add(5, undefined, 110, 3);
  times.flush();
  expect(recorded.map(([, ms]) => ms)).toEqual([100, 100, 105, 110, 110]);
});

it.each([
  [200, 800],
  [201, 1_000],
])('spaces packets that were sent %i ms apart to begin at %i ms', (spreadMs, firstMs) => {
  const { recorded, times } = setUp();
  times.add(1, 5_000, 1_000, 1);
  times.add(2, 5_000 + spreadMs, 1_000, 1);
  times.flush();
  expect(recorded).toEqual([
    [1, firstMs],
    [2, 1_000],
  ]);
});

it('keeps the times of packets that were sent in another order', () => {
  const { recorded, times } = setUp();
  times.add(1, 5_010, 1_000, 1);
  times.add(2, 5_000, 1_000, 1);
  times.flush();
  expect(recorded.map(([, ms]) => ms)).toEqual([1_000, 1_000]);
});

it('records a packet once, and no more than 256 of one turn later', () => {
  const { recorded, times } = setUp();
  for (let number = 0; number < 256; number += 1) times.add(number, undefined, 10, 1);
  expect(recorded).toEqual([]);
  times.add(256, undefined, 10, 1);
  expect(recorded).toHaveLength(256);
  times.flush();
  times.flush();
  expect(recorded.map(([number]) => number)).toEqual(Array.from({ length: 257 }, (_, index) => index));
});
