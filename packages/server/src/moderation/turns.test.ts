import { once } from 'node:events';
import { expect, it } from 'vitest';
import { Turns } from './turns.ts';

it('runs work of one key in order, also after a failure, and of two keys at the same time', async () => {
  const turns = new Turns();
  const told: string[] = [];
  const gate = new AbortController();
  const opened = once(gate.signal, 'abort');
  const work = (name: string, until?: Promise<unknown>) => async () => {
    told.push(`${name} starts`);
    await until;
    told.push(`${name} ends`);
    return name;
  };
  const first = turns.take('a', async () => {
    await work('first', opened)();
    throw new Error('full disk');
  });
  const second = turns.take('a', work('second'));
  expect(await turns.take('b', work('other'))).toBe('other');
  expect(told).toEqual(['first starts', 'other starts', 'other ends']);
  gate.abort();
  await expect(first).rejects.toThrow('full disk');
  expect(await second).toBe('second');
  expect(told.slice(3)).toEqual(['first ends', 'second starts', 'second ends']);
  expect(turns.count).toBe(0);
});
