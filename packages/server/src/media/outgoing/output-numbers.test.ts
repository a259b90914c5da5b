import { expect, it } from 'vitest';
import { OutputNumbers } from './output-numbers.ts';

it('leaves no gap for dropped packets, but one for late packets', () => {
  const numbers = new OutputNumbers(100, 7);
  expect([99, 100, 101].map((number) => numbers.take(number))).toEqual([undefined, 7, 8]);
  expect([numbers.drop(102), numbers.drop(103)]).toEqual([true, true]);
  expect([104, 106].map((number) => numbers.take(number))).toEqual([9, 11]);
  expect(numbers.drop(105)).toBe(false);
  expect([105, 102, 101].map((number) => numbers.take(number))).toEqual([10, undefined, 8]);
});

it('works indefinitely, and forgets very old packets', () => {
  const numbers = new OutputNumbers(0, 0);
  for (let number = 0; number < 10_000; number += 2) {
    expect(numbers.take(number)).toBe(number / 2);
    expect(numbers.drop(number + 1)).toBe(true);
  }
  expect(numbers.take(9_998)).toBe(4_999);
  expect(numbers.take(10)).toBeUndefined();
});

it('knows the packets since the last 512 to 1,024 dropped ones', () => {
  const numbers = new OutputNumbers(0, 0);
  // Every odd number.
  for (let dropped = 0; dropped < 1_024; dropped += 1) numbers.drop(2 * dropped + 1);
  expect([0, 2, 1_024].map((number) => numbers.take(number))).toEqual([0, 1, 512]);
  numbers.drop(2_049);
  // The first 512 dropped ones are forgotten: up to number 1,023.
  expect([0, 1_022, 1_024, 1_025, 2_050].map((number) => numbers.take(number))).toEqual([
    undefined,
    undefined,
    512,
    undefined,
    1_025,
  ]);
});

it('does not drop a number twice, nor the number of a packet that was sent', () => {
  const numbers = new OutputNumbers(10, 0);
  numbers.take(10);
  expect([numbers.drop(10), numbers.drop(11), numbers.drop(11)]).toEqual([false, true, false]);
  expect(numbers.take(12)).toBe(1);
});
