import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { Waiters } from './waiters.ts';

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Waiters, and which of the named waits have ended, in order. */
function setUp() {
  const waiters = new Waiters();
  const ended: string[] = [];
  const { signal } = new AbortController();
  const wait = (name: string, conferenceId: string, version: number, until = signal): void => {
    void waiters.wait(conferenceId, version, until).then(() => ended.push(name));
  };
  return { waiters, ended, signal, wait };
}

it('wakes the waits for versions below the number of versions, in one conference', async () => {
  const { waiters, ended, wait } = setUp();
  wait('first', 'c-1', 0);
  wait('second', 'c-1', 1);
  wait('elsewhere', 'c-2', 0);
  waiters.wake('c-1', 0);
  await settle();
  expect(ended).toEqual([]);
  waiters.wake('c-1', 1);
  await settle();
  expect(ended).toEqual(['first']);
  waiters.wake('c-1', 2);
  await settle();
  expect(ended).toEqual(['first', 'second']);
  wait('third', 'c-1', 7);
  waiters.wake('c-1');
  await settle();
  expect(ended).toEqual(['first', 'second', 'third']);
});

it('wakes the waits of all conferences', async () => {
  const { waiters, ended, wait } = setUp();
  for (const conferenceId of ['c-1', 'c-2', 'c-3']) wait(conferenceId, conferenceId, 9);
  waiters.wakeAll();
  await settle();
  expect(ended).toEqual(['c-1', 'c-2', 'c-3']);
});

it('ends a wait whose signal aborts, before or later, and none of the others', async () => {
  const { waiters, ended, wait } = setUp();
  const abort = new AbortController();
  wait('aborted', 'c-1', 0, abort.signal);
  wait('other', 'c-1', 0);
  abort.abort();
  wait('late', 'c-1', 0, abort.signal);
  await settle();
  expect(ended).toEqual(['aborted', 'late']);
  waiters.wake('c-1', 1);
  await settle();
  expect(ended).toEqual(['aborted', 'late', 'other']);
});

it('leaves no listener on the signal of a wait that has ended', async () => {
  const { waiters, signal, wait } = setUp();
  wait('one', 'c-1', 0);
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  waiters.wake('c-1');
  await settle();
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  expect(waiters.count).toBe(0);
});

it('forgets a conference with its last wait, not before', () => {
  const { waiters, wait } = setUp();
  wait('one', 'c-1', 0);
  wait('two', 'c-1', 1);
  waiters.wake('c-1', 1);
  expect(waiters.count).toBe(1);
  waiters.wake('c-1', 2);
  expect(waiters.count).toBe(0);
});
