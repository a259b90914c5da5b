import { expect, it } from 'vitest';
import { Tally } from './tally.ts';

it('counts each key for itself, and forgets one whose count returns to zero', () => {
  const tally = new Tally();
  tally.change('a', 1);
  tally.change('a', 1);
  tally.change('b', 1);
  expect([tally.of('a'), tally.of('b'), tally.of('c')]).toEqual([2, 1, 0]);
  expect([tally.size, tally.total]).toEqual([2, 3]);
  tally.change('a', -1);
  tally.change('b', -1);
  expect([tally.of('a'), tally.of('b'), tally.size, tally.total]).toEqual([1, 0, 1, 1]);
});
