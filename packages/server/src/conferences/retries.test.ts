import { expect, it } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { Retries } from './retries.ts';

/** Work that fails until `succeed` is called. */
function setUp() {
  const clock = new FakeClock();
  const errors: unknown[] = [];
  const failure = new Error('The disk is full.');
  const retries = new Retries({ clock, onError: (error) => errors.push(error) });
  const tries = { count: 0, isFailing: true };
  const work = (): Promise<void> => {
    tries.count += 1;
    return tries.isFailing ? Promise.reject(failure) : Promise.resolve();
  };
  return { clock, errors, failure, retries, tries, work };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

it('does work that succeeds once', async () => {
  const { clock, retries, tries, work } = setUp();
  tries.isFailing = false;
  await retries.run(work);
  expect([tries.count, clock.timerCount]).toEqual([1, 0]);
});

it('reports the first failure to its caller, and tries again every five seconds until it succeeds', async () => {
  const { clock, errors, failure, retries, tries, work } = setUp();
  await expect(retries.run(work)).rejects.toBe(failure);
  clock.advance(4_999);
  expect([tries.count, retries.count]).toEqual([1, 1]);
  clock.advance(1);
  await settle();
  expect([tries.count, errors]).toEqual([2, [failure]]);
  tries.isFailing = false;
  clock.advance(5_000);
  await settle();
  expect([tries.count, errors, clock.timerCount, retries.count]).toEqual([3, [failure], 0, 0]);
});

it('stops trying when it closes, also what fails later', async () => {
  const { clock, retries, tries, work } = setUp();
  await expect(retries.run(work)).rejects.toThrow('full');
  retries.close();
  expect([clock.timerCount, retries.count]).toEqual([0, 0]);
  await expect(retries.run(work)).rejects.toThrow('full');
  expect([clock.timerCount, tries.count]).toEqual([0, 2]);
});
