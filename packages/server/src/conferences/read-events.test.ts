import { getEventListeners } from 'node:events';
import type { ConferenceCreatedEvent, HistoryEvent } from '@parley-rtc/contract';
import { expect, it } from 'vitest';
import { MemoryEventLog } from '../storage/memory-event-log.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { readEvents } from './read-events.ts';

const base = { timestamp: '2026-01-05T10:00:00.123Z', conferenceId: 'c-1', organizationId: 'o-1' };
const created: ConferenceCreatedEvent = {
  ...base,
  id: 'e-created',
  type: 'ConferenceCreatedEvent',
  conferenceVersion: null,
};

function eventAt(conferenceVersion: number, interactionId = 'i'): HistoryEvent {
  const type = 'ConferenceInteractionIdSetEvent';
  return { ...base, id: `e-${conferenceVersion}`, type, conferenceVersion, interactionId };
}

async function setUp() {
  const clock = new FakeClock();
  const log = new MemoryEventLog();
  await log.begin(created);
  const abort = new AbortController();
  const read = (version?: number, signal = abort.signal) =>
    readEvents({ clock, log, pollTimeoutMs: 20_000 }, 'c-1', { version }, signal);
  return { clock, log, abort, read };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

it('answers immediately when there are events, or without a version', async () => {
  const { clock, log, read } = await setUp();
  expect(await read()).toEqual([created]);
  await log.append('c-1', 0, [eventAt(0)]);
  expect(await read(0)).toEqual([eventAt(0)]);
  expect(clock.timerCount).toBe(0);
});

it('waits for the next event, and leaves nothing behind', async () => {
  const { clock, log, abort, read } = await setUp();
  const reading = read(0);
  await settle();
  expect(clock.timerCount).toBe(1);
  await log.append('c-1', 0, [eventAt(0)]);
  expect(await reading).toEqual([eventAt(0)]);
  expect([clock.timerCount, getEventListeners(abort.signal, 'abort')]).toEqual([0, []]);
});

it('answers with nothing after the timeout, or when its caller hangs up, before or meanwhile', async () => {
  const { clock, abort, read } = await setUp();
  const timedOut = read(0);
  await settle();
  clock.advance(19_999);
  expect(clock.timerCount).toBe(1);
  clock.advance(1);
  expect(await timedOut).toEqual([]);
  const hungUp = read(0);
  await settle();
  abort.abort();
  expect(await hungUp).toEqual([]);
  expect(await read(0)).toEqual([]);
  expect(clock.timerCount).toBe(0);
});

it('answers with about a megabyte at a time', async () => {
  const { log, read } = await setUp();
  const events = Array.from({ length: 5 }, (_, version) => eventAt(version, 'x'.repeat(400_000)));
  await log.append('c-1', 0, events);
  expect((await read(0)).map(({ conferenceVersion }) => conferenceVersion)).toEqual([0, 1]);
  expect((await read(2)).map(({ conferenceVersion }) => conferenceVersion)).toEqual([2, 3]);
  expect(await read(4)).toHaveLength(1);
});

it('refuses a position that the history does not have, before the wait or after it', async () => {
  const { log, read } = await setUp();
  await expect(read(1)).rejects.toMatchObject({ code: 'position_unavailable' });
  await log.append('c-1', 0, [eventAt(0)]);
  const reading = read(1);
  await settle();
  await log.forget('c-1');
  await expect(reading).rejects.toMatchObject({ code: 'position_unavailable' });
});
