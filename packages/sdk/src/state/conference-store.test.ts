import { createdConference, type ConferenceState } from '@parley-rtc/contract';
import { expect, it, vi } from 'vitest';
import {
  createConferenceStore,
  tellListenerError,
  type ConferenceSnapshot,
  type OnListenerError,
} from './conference-store.ts';
import { nothingBlocked } from './playback.ts';

const conference: ConferenceState = createdConference({
  type: 'ConferenceCreatedEvent',
  id: 'e0',
  timestamp: '',
  conferenceId: 'room',
  conferenceVersion: null,
});

const atVersion = (version: number): ConferenceSnapshot => ({
  conference: { ...conference, version },
  endpointId: 'me',
  connection: 'connected',
  ownStreams: [],
  playback: nothingBlocked,
  claims: {},
  network: undefined,
  permissions: undefined,
  removal: undefined,
});

it('returns the snapshot that was set last, to subscribers too', () => {
  const store = createConferenceStore(atVersion(3), vi.fn<OnListenerError>());
  expect(store.version).toBe(3);
  const seen: unknown[] = [];
  store.subscribe(() => seen.push(store.getSnapshot()));
  const next = atVersion(4);
  store.set(next);
  expect(store.version).toBe(4);
  expect(seen).toEqual([next]);
  expect(store.getSnapshot()).toBe(next);
});

it('does not call a subscriber that has unsubscribed', () => {
  const store = createConferenceStore(atVersion(0), vi.fn<OnListenerError>());
  const listener = vi.fn<() => void>();
  store.subscribe(listener)();
  store.set(atVersion(1));
  expect(listener).not.toHaveBeenCalled();
});

it('reports a subscriber that throws, and still calls the next one', () => {
  const onListenerError = vi.fn<OnListenerError>();
  const store = createConferenceStore(atVersion(0), onListenerError);
  const cause = new Error('a bug of the app');
  const next = vi.fn<() => void>();
  store.subscribe(() => {
    throw cause;
  });
  store.subscribe(next);
  store.set(atVersion(1));
  expect(onListenerError.mock.calls).toEqual([['state', cause]]);
  expect(next).toHaveBeenCalledOnce();
});

it('reports errors of listeners that others call with its data, and throws those of unknown stores', () => {
  const onListenerError = vi.fn<OnListenerError>();
  const store = createConferenceStore(atVersion(0), onListenerError);
  const cause = new Error('a bug of the app');
  tellListenerError(store, 'useConferenceEvent', cause);
  expect(onListenerError.mock.calls).toEqual([['useConferenceEvent', cause]]);
  expect(() => tellListenerError({ ...store }, 'useConferenceEvent', cause)).toThrow(cause);
});
