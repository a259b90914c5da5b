import { expect, it } from 'vitest';
import { loopTurn } from './loop-turn.ts';

const nextTurn = () => new Promise<void>((resolve) => void setImmediate(resolve));

it('is the same within a turn of the event loop, and another in the next', async () => {
  const first = loopTurn();
  await Promise.resolve();
  expect(loopTurn()).toBe(first);
  await nextTurn();
  expect(loopTurn()).toBe(first + 1);
  await nextTurn();
  expect(loopTurn()).toBe(first + 2);
  expect(loopTurn()).toBe(first + 2);
});
