import { expect, it } from 'vitest';
import { putInOrder } from './put-in-order.ts';

const unsent = undefined;

it.each([
  ['a new one goes to the end', [1, 2], 3, 2, [1, 2, 3]],
  ['one that arrives late goes before those that came later', [1, 4, 5], 3, 3, [1, 3, 4, 5]],
  ['one that was sent goes behind what the server had before', [2, 3], 4, 0, [2, 3, 4]],
  ['one that was sent stays where nothing contradicts it', [1, unsent, 5], 3, 1, [1, 3, unsent, 5]],
  ['one that is being sent stays where it is', [1, 2], unsent, 1, [1, unsent, 2]],
  ['one that arrives goes behind what is being sent', [1, unsent], 2, 2, [1, unsent, 2]],
])('%s', (_what, others, sequence, index, expected) => {
  const placed = putInOrder(
    others.map((one) => ({ sequence: one })),
    { sequence },
    index,
  );
  expect(placed.map((one) => one.sequence)).toEqual(expected);
});
