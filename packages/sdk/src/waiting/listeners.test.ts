import { afterEach, expect, it, vi } from 'vitest';
import { collectUncaught } from '../testing/collect-uncaught.ts';
import { Listeners } from './listeners.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

it('calls every listener even if one throws, and reports the error', () => {
  const errors: unknown[] = [];
  const received: string[] = [];
  const listeners = new Listeners<string>((cause) => errors.push(cause));
  const bug = new Error('a bug of the app');
  listeners.add(() => {
    throw bug;
  });
  listeners.add((payload) => received.push(payload));
  listeners.call('news');
  expect(received).toEqual(['news']);
  expect(errors).toEqual([bug]);
});

it('calls a listener that was added twice twice, and removes only the requested entry', () => {
  const received: string[] = [];
  const listeners = new Listeners<string>(() => {});
  const listener = (payload: string) => received.push(payload);
  const remove = listeners.add(listener);
  listeners.add(listener);
  listeners.call('first');
  remove();
  listeners.call('second');
  expect(received).toEqual(['first', 'first', 'second']);
});

it('does not call a listener that another adds during the call', () => {
  const received: string[] = [];
  const listeners = new Listeners<string>(() => {});
  listeners.add(() => void listeners.add((payload) => received.push(payload)));
  listeners.call('first');
  expect(received).toEqual([]);
});

it('does not call a listener that another removes during the call', () => {
  const received: string[] = [];
  const listeners = new Listeners<string>(() => {});
  listeners.add(() => remove());
  const remove = listeners.add((payload) => received.push(payload));
  listeners.call('first');
  expect(received).toEqual([]);
});

it('reports what a listener rejects with', async () => {
  const errors: unknown[] = [];
  const listeners = new Listeners<string>((cause) => errors.push(cause));
  const bug = new Error('a bug of the app');
  listeners.add(() => Promise.reject(bug));
  listeners.call('news');
  await new Promise(setImmediate);
  expect(errors).toEqual([bug]);
});

it('reports what its error handler throws as an uncaught error', async () => {
  const uncaught = collectUncaught();
  const bug = new Error('a bug in the error handler');
  const listeners = new Listeners<string>(() => {
    throw bug;
  });
  listeners.add(() => {
    throw new Error('a bug of the app');
  });
  listeners.call('news');
  await new Promise(setImmediate);
  expect(uncaught).toEqual([bug]);
});

it('calls nobody after it was cleared, not even during the call that clears it', () => {
  const received: string[] = [];
  const listeners = new Listeners<string>(() => {});
  listeners.add(() => listeners.clear());
  listeners.add((payload) => received.push(payload));
  listeners.call('first');
  listeners.call('second');
  expect(received).toEqual([]);
});
