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
