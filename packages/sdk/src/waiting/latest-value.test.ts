import { expect, it } from 'vitest';
import { Deferred } from '../testing/deferred.ts';
import { latestValue } from './latest-value.ts';

/** Applies values when the test says so. */
function slowly() {
  const applied: string[] = [];
  const waiting: { value: string; superseded: AbortSignal; settle: (error?: Error) => void }[] = [];
  const set = latestValue<string>(async (value, superseded) => {
    const outcome = new Deferred<Error | undefined>();
    waiting.push({ value, superseded, settle: (error) => outcome.resolve(error) });
    const error = await outcome.promise;
    if (error) throw error;
    applied.push(value);
  });
  const next = async () => {
    await new Promise((resolve) => setTimeout(resolve));
    const [first] = waiting.splice(0, 1);
    if (!first) throw new Error('Nothing is being applied.');
    return first;
  };
  return { applied, waiting, set, next };
}

it('applies the newest value last, skips those in between, and settles all calls together', async () => {
  const { applied, set, next } = slowly();
  const settled: number[] = [];
  const calls = ['a', 'b', 'c'].map((value, index) => set(value).then(() => settled.push(index)));
  (await next()).settle();
  const last = await next();
  expect(last.value).toBe('c');
  expect(settled).toEqual([]);
  last.settle();
  await Promise.all(calls);
  expect(applied).toEqual(['a', 'c']);
});

it('aborts the signal of a superseded value, and not that of the newest', async () => {
  const { set, next } = slowly();
  const older = set('a');
  const first = await next();
  expect(first.superseded.aborted).toBe(false);
  const newer = set('b');
  expect(first.superseded.aborted).toBe(true);
  first.settle();
  const second = await next();
  expect(second.superseded.aborted).toBe(false);
  second.settle();
  await Promise.all([older, newer]);
});

it('ignores the failure of a superseded value', async () => {
  const { applied, set, next } = slowly();
  const calls = [set('a'), set('b')];
  (await next()).settle(new Error('a failed'));
  (await next()).settle();
  await Promise.all(calls);
  expect(applied).toEqual(['b']);
});

it('rejects all calls with the failure of the newest value, and works again afterwards', async () => {
  const { applied, set, next } = slowly();
  const calls = [set('a'), set('b')];
  (await next()).settle();
  (await next()).settle(new Error('b failed'));
  const results = await Promise.allSettled(calls);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const again = set('c');
  (await next()).settle();
  await again;
  expect(applied).toEqual(['a', 'c']);
});

it('applies a value that is set while the previous one settles', async () => {
  const applied: string[] = [];
  const set = latestValue<string>(async (value) => void applied.push(value));
  const first = set('a').then(() => set('b'));
  await first;
  expect(applied).toEqual(['a', 'b']);
});

it('applies a value that is set in the turn in which the previous one settles', async () => {
  const applied: string[] = [];
  const { promise, resolve } = new Deferred<undefined>();
  const set = latestValue<string>(async (value) => {
    if (value === 'a') await promise;
    applied.push(value);
  });
  const turns = [set('a')];
  const setLater = async (count: number) => {
    await promise;
    for (let step = 0; step < count; step += 1) await Promise.resolve();
    await set(`b${count}`);
  };
  for (let turn = 0; turn < 8; turn += 1) turns.push(setLater(turn));
  resolve(undefined);
  await Promise.all(turns);
  expect(applied.at(-1)).toBe('b7');
});

it('rejects when applying throws immediately', async () => {
  const set = latestValue<string>(() => {
    throw new Error('refused');
  });
  await expect(set('a')).rejects.toThrow('refused');
  await expect(set('b')).rejects.toThrow('refused');
});
