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
