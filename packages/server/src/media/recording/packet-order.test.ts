import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rtpPacket } from '../testing/test-packets.ts';
import { PacketOrder } from './packet-order.ts';

function setUp() {
  const passed: [number: number, isAfterGap: boolean, arrivedMs: number][] = [];
  const order = new PacketOrder((packet, arrivedMs, isAfterGap) => {
    passed.push([packet.timestamp, isAfterGap, arrivedMs]);
  });
  const add = (number: number, nowMs = 0): void => order.add(rtpPacket({ timestamp: number }), number, nowMs);
  return { order, passed, add };
}

it('passes on every packet once and in order, whatever the order of arrival', () => {
  const arrivals = fc.shuffledSubarray(Array.from({ length: 30 }, (_, index) => index + 1));
  fc.assert(
    fc.property(arrivals, (numbers) => {
      const { order, passed, add } = setUp();
      add(0);
      for (const number of [...numbers, ...numbers]) add(number);
      order.flush();
      expect(passed.map(([number]) => number)).toEqual([0, ...numbers.toSorted((a, b) => a - b)]);
      for (const [index, [number, isAfterGap]] of passed.entries()) {
        expect(isAfterGap).toBe(index > 0 && number !== (passed[index - 1]?.[0] ?? 0) + 1);
      }
    }),
  );
});

it('waits for a missing packet until it was requested in vain', () => {
  const { order, passed, add } = setUp();
  add(1, 0);
  add(3, 10);
  order.tick(1_209);
  expect(passed.map(([number]) => number)).toEqual([1]);
  order.tick(1_210);
  expect(passed.at(-1)).toEqual([3, true, 10]);
  add(2, 1_300);
  expect(passed).toHaveLength(2);
});

it('starts again with any number', () => {
  const { order, passed, add } = setUp();
  add(70_000);
  order.restart();
  add(5);
  expect(passed.map(([number, isAfterGap]) => [number, isAfterGap])).toEqual([
    [70_000, false],
    [5, false],
  ]);
});
