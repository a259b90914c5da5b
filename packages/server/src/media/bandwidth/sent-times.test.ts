import { expect, it } from 'vitest';
import { SentTimes } from './sent-times.ts';

it('finds each packet by its number until it has arrived, across wrap-around', () => {
  const sent = new SentTimes();
  for (let count = 0; count < 0x1_0000 + 10; count += 1) sent.add(100 + (count % 7), count);
  const number = sent.extend(3) ?? -1;
  expect(number).toBe(0x1_0003);
  expect(sent.arrived(number)).toEqual({ sentMs: 0x1_0003, bytes: 100 + (0x1_0003 % 7), wasLost: false });
  expect(sent.arrived(number)).toBeUndefined();
  expect(sent.lost(number)).toBe(false);
});

it('distinguishes a late packet from one that was never lost', () => {
  const sent = new SentTimes();
  sent.add(100, 7);
  expect([sent.lost(0), sent.lost(0)]).toEqual([true, false]);
  expect(sent.arrived(0)).toMatchObject({ wasLost: true });
});

it('does not know packets that were never sent, or sent long ago', () => {
  const sent = new SentTimes();
  expect(sent.extend(0)).toBeUndefined();
  for (let count = 0; count < 5_000; count += 1) sent.add(100, count);
  expect([sent.extend(5_000), sent.extend(100), sent.extend(0xffff)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(sent.extend(4_999)).toBe(4_999);
});

it('continues the numbers of another instance, without knowing its packets', () => {
  const sent = new SentTimes(0x1_0005);
  expect(sent.add(100, 7)).toBe(5);
  expect(sent.next).toBe(0x1_0006);
  expect([4, 5, 6].map((number) => sent.extend(number))).toEqual([undefined, 0x1_0005, undefined]);
});

it('stores the packets of five seconds, whatever their number', () => {
  const sent = new SentTimes(7);
  for (let count = 0; count < 1_000; count += 1) sent.add(100 + count, count);
  sent.lost(sent.extend(8) ?? -1);
  for (let count = 1_000; count < 2_500; count += 1) sent.add(100 + count, 2 * count);
  expect(sent.arrived(sent.extend(8) ?? -1)).toEqual({ sentMs: 1, bytes: 101, wasLost: true });
  expect(sent.arrived(sent.extend(2_506) ?? -1)).toEqual({ sentMs: 4_998, bytes: 2_599, wasLost: false });
});

it('does not grow for a slow stream', () => {
  const sent = new SentTimes();
  for (let count = 0; count < 500; count += 1) sent.add(100, 200 * count);
  expect([sent.extend(499 - 25), sent.extend(499 - 100)]).toEqual([474, undefined]);
});
