import { expect, it } from 'vitest';
import { Listeners } from './listeners.ts';

function setUp() {
  const failures: (readonly [error: unknown, payload: string])[] = [];
  const heard: string[] = [];
  const listeners = new Listeners<string>((...failure) => failures.push(failure));
  return { failures, heard, listeners };
}

it('calls every listener, and reports the error and the payload of one that throws', () => {
  const { failures, heard, listeners } = setUp();
  const error = new Error('broken listener');
  listeners.add((payload) => heard.push(`first: ${payload}`));
  listeners.add(() => {
    throw error;
  });
  listeners.add((payload) => heard.push(`last: ${payload}`));
  listeners.call('news');
  expect(heard).toEqual(['first: news', 'last: news']);
  expect(failures).toEqual([[error, 'news']]);
});

it('does not call a listener added during a call until the next call', () => {
  const { heard, listeners } = setUp();
  listeners.add((payload) => {
    heard.push(`old: ${payload}`);
    if (listeners.size === 1) listeners.add((later) => heard.push(`new: ${later}`));
  });
  listeners.call('a');
  expect(heard).toEqual(['old: a']);
  listeners.call('b');
  expect(heard).toEqual(['old: a', 'old: b', 'new: b']);
});

it('removes each entry by itself, even when one listener was added twice', () => {
  const { heard, listeners } = setUp();
  const listener = (payload: string) => void heard.push(payload);
  const removeFirst = listeners.add(listener);
  listeners.add(listener);
  removeFirst();
  removeFirst();
  listeners.call('a');
  expect(heard).toEqual(['a']);
  listeners.clear();
  expect(listeners.size).toBe(0);
});
