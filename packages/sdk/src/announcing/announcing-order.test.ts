import { TooManyRequestsError } from '@parley-rtc/client';
import { expect, it, vi } from 'vitest';
import type { Announcement } from './announcements.ts';
import { Announcer, type AlreadyThere, type OnDemand } from './announcer.ts';
import type { ConferenceEvents } from './conference-events.ts';

const connection = (status: ConferenceEvents['connection-changed']['connection']): Announcement => [
  'connection-changed',
  { connection: status },
];
const ended: Announcement = ['ended', { reason: 'over' }];

function createAnnouncer({ there = {}, onDemand }: { there?: AlreadyThere; onDemand?: OnDemand } = {}) {
  const announcer = new Announcer(there, onDemand);
  const heard: string[] = [];
  const listen = (name: string) =>
    announcer.on('connection-changed', ({ connection: status }) => void heard.push(`${name} ${status}`));
  return { announcer, heard, listen };
}

it('tells every listener of one event before it tells any of the next, even one that a listener caused', () => {
  const { announcer, heard, listen } = createAnnouncer();
  announcer.on('connection-changed', ({ connection: status }) => {
    if (status === 'reconnecting') announcer.announce([connection('connected')]);
  });
  listen('first');
  listen('second');
  announcer.announce([connection('reconnecting'), connection('left')]);
  expect(heard).toEqual([
    'first reconnecting',
    'second reconnecting',
    'first left',
    'second left',
    'first connected',
    'second connected',
  ]);
  announcer.announce([connection('left')]);
  expect(heard.slice(6)).toEqual(['first left', 'second left']);
});

it('does not call a listener again once it is removed, even in the middle of an event', () => {
  const { announcer, heard, listen } = createAnnouncer();
  const removals: (() => void)[] = [];
  announcer.on('connection-changed', () => {
    for (const remove of removals) remove();
  });
  removals.push(listen('late'));
  announcer.announce([connection('reconnecting'), connection('connected')]);
  expect(heard).toEqual([]);
});

it('makes its last announcements, drops what was queued, and calls nobody afterwards', () => {
  const { announcer, heard, listen } = createAnnouncer();
  announcer.on('connection-changed', ({ connection: status }) => {
    if (status === 'reconnecting') announcer.finish([ended, connection('ended')]);
  });
  listen('listener');
  const onEnded = vi.fn<() => void>();
  announcer.on('ended', onEnded);
  announcer.announce([connection('reconnecting'), connection('connected')]);
  expect(heard).toEqual(['listener reconnecting', 'listener ended']);
  expect(onEnded).toHaveBeenCalledOnce();
  announcer.announce([connection('left')]);
  expect(heard).toHaveLength(2);
});

it('starts what an event needs with its first listener, and stops it after the last', () => {
  const stop = vi.fn<() => void>();
  const start = vi.fn<() => () => void>(() => stop);
  const { announcer } = createAnnouncer({ onDemand: { 'stats-updated': start } });
  announcer.on('quality-changed', () => {});
  expect(start).not.toHaveBeenCalled();
  const removals = [announcer.on('stats-updated', () => {}), announcer.on('stats-updated', () => {})];
  expect(start).toHaveBeenCalledOnce();
  removals[0]?.();
  expect(stop).not.toHaveBeenCalled();
  removals[1]?.();
  removals[1]?.();
  expect(stop).toHaveBeenCalledOnce();
  announcer.on('stats-updated', () => {});
  expect(start).toHaveBeenCalledTimes(2);
  announcer.finish([]);
  expect(stop).toHaveBeenCalledTimes(2);
  announcer.on('stats-updated', () => {});
  expect(start).toHaveBeenCalledTimes(2);
});

const payloadOf = (id: string) => ({ participant: { id } }) as ConferenceEvents['participant-joined'];

/** Participants that are already there, by id. */
function participants(...ids: readonly string[]) {
  const present = new Set(ids);
  const there: AlreadyThere = {
    'participant-joined': {
      list: () => [...present].map(payloadOf),
      idOf: ({ participant }) => participant.id,
    },
  };
  return { present, there, joined: (id: string): Announcement => ['participant-joined', payloadOf(id)] };
}

it('calls a late listener for what is still there, once, and not for what it has heard of meanwhile', async () => {
  const { present, there, joined } = participants('ada', 'bob', 'eve');
  const { announcer } = createAnnouncer({ there });
  const heard: string[] = [];
  announcer.on('participant-joined', ({ participant }) => void heard.push(participant.id));
  present.delete('ada');
  announcer.announce([joined('bob')]);
  present.add('joe');
  await Promise.resolve();
  expect(heard).toEqual(['bob', 'eve']);
});

it('calls no late listener after the end', async () => {
  const { there } = participants('ada');
  const { announcer } = createAnnouncer({ there });
  const listener = vi.fn<() => void>();
  announcer.on('participant-joined', listener);
  announcer.finish([]);
  announcer.on('participant-joined', listener);
  await Promise.resolve();
  expect(listener).not.toHaveBeenCalled();
});

it('drops a problem that no listener wants to hear of', () => {
  const { announcer } = createAnnouncer();
  const problem = new TooManyRequestsError({ operation: 'join', status: 429 });
  expect(() => announcer.tellError(problem)).not.toThrow();
  const onError = vi.fn<(payload: unknown) => void>();
  announcer.on('error', onError);
  announcer.tellError(problem);
  expect(onError).toHaveBeenCalledExactlyOnceWith({ error: problem });
});
