import { expect, it } from 'vitest';
import type { Segment } from './segment.ts';
import { SentPackets } from './sent-packets.ts';

const segment = {} as Segment;

it('stores as many packets as its capacity, however it grew', () => {
  const sent = new SentPackets(256);
  expect(sent.segmentOf(10_000)).toBeUndefined();
  for (let number = 10_000; number < 10_300; number += 1) sent.add(number, segment, number + 7, number & 3);
  expect(sent.segmentOf(10_043)).toBeUndefined();
  for (let number = 10_044; number < 10_300; number += 1) {
    expect(sent.segmentOf(number)).toBe(segment);
    expect(sent.sourceNumberOf(number)).toBe(number + 7);
    expect(sent.markOf(number)).toBe(number & 3);
  }
  expect(sent.segmentOf(10_300)).toBeUndefined();
});

it('finds packets sent out of order, or with gaps', () => {
  const sent = new SentPackets(256);
  const numbers = Array.from({ length: 100 }, (_, index) => 500 + 2 * (index ^ 1));
  for (const number of numbers) sent.add(number, segment, number, 0);
  for (const number of numbers) expect(sent.sourceNumberOf(number)).toBe(number);
  expect(sent.segmentOf(501)).toBeUndefined();
});
