import { expect, it } from 'vitest';
import { Deferred } from '../testing/deferred.ts';
import { serialQueue } from './serial-queue.ts';

it('starts a piece of work only when the one before it has ended', async () => {
  const enqueue = serialQueue();
  const first = new Deferred<string>();
  const started: string[] = [];
  const one = enqueue(() => {
    started.push('one');
    return first.promise;
  });
  const two = enqueue(async () => {
    started.push('two');
    return 'second';
  });
  await Promise.resolve();
  expect(started).toEqual(['one']);
  first.resolve('first');
  expect(await Promise.all([one, two])).toEqual(['first', 'second']);
  expect(started).toEqual(['one', 'two']);
});

it('rejects when the work fails, and continues with the next', async () => {
  const enqueue = serialQueue();
  const failing = enqueue(() => Promise.reject(new Error('broken')));
  const next = enqueue(async () => 'done');
  await expect(failing).rejects.toThrow('broken');
  expect(await next).toBe('done');
});
