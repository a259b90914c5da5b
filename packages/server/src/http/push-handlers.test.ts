import { once } from 'node:events';
import type { ConferenceInteractionIdSetEvent } from '@parley-rtc/contract';
import { expect, it } from 'vitest';
import { Conferences } from '../conferences/conferences.ts';
import { UserEndpoints } from '../endpoints/user-endpoints.ts';
import { MemoryEventLog } from '../event-log/memory-event-log.ts';
import { OutsideEvents } from '../push/outside-events.ts';
import { Pushes } from '../push/pushes.ts';
import { anActor } from '../testing/builders.ts';
import { failLoudly } from '../testing/fail-loudly.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { noRecords } from '../storage/records.ts';
import { pushHandlers } from './push-handlers.ts';

const newId = (): string => crypto.randomUUID();
const actor = anActor({}, 'create-conference', 'send-event');

async function setUp() {
  const clock = new FakeClock();
  const log = new MemoryEventLog();
  const conferences = new Conferences({
    log,
    clock,
    newId,
    pollTimeoutMs: 20_000,
    endedRetentionMs: 300_000,
    onError: failLoudly,
  });
  const healths: string[] = [];
  const endpoints = new UserEndpoints({
    clock,
    newId,
    records: noRecords,
    onError: failLoudly,
    onHealthChanged: (id, health) => healths.push(`${id} ${health}`),
    onSilent: (id) => healths.push(`${id} GONE`),
  });
  const outside = new OutsideEvents(clock);
  const pushes = new Pushes({ conferences, log, outside, clock });
  const logged: object[] = [];
  const onSent = (event: object): void => void logged.push(event);
  const handlers = pushHandlers({ conferences, endpoints, outside, pushes, clock, onSent });
  await conferences.create({ conferenceId: 'c-1' }, actor);
  const hangUp = new AbortController();
  const open = (query: { readonly v?: number; readonly userEndpointId?: string }) =>
    handlers.openPush({
      body: undefined,
      params: { id: 'c-1' },
      query,
      actor,
      authorization: undefined,
      lastEventId: undefined,
      signal: hangUp.signal,
    });
  return { clock, log, endpoints, healths, outside, pushes, handlers, logged, hangUp, open };
}

function bigEventAt(conferenceVersion: number): ConferenceInteractionIdSetEvent {
  return {
    id: `e-${conferenceVersion}`,
    timestamp: '2026-01-05T10:00:00.123Z',
    conferenceId: 'c-1',
    type: 'ConferenceInteractionIdSetEvent',
    conferenceVersion,
    interactionId: 'x'.repeat(10_000),
  };
}

it('keeps next to nothing for a reader that does not read, and drops it when its time is over', async () => {
  const { clock, log, outside, pushes, hangUp, open } = await setUp();
  await log.append(
    'c-1',
    0,
    Array.from({ length: 1_000 }, (_, version) => bigEventAt(version)),
  );
  const stream = await open({ v: 0 });
  await once(stream, 'readable');
  for (let index = 0; index < 2_000; index += 1) {
    outside.publish('c-1', { event: { text: 'x'.repeat(10_000) }, qos: 'BEST_EFFORT', atVersion: 1_000 });
  }
  expect(stream.readableLength).toBeLessThan(5);
  clock.advance(60_000);
  expect(stream.destroyed).toBe(false);
  expect(pushes.count).toBe(0);
  clock.advance(5_000);
  expect(stream.destroyed).toBe(true);
  hangUp.abort();
  expect(outside.channelCount).toBe(0);
});

it('leaves nothing behind when nobody ever read it', async () => {
  const { clock, outside, pushes, hangUp, open } = await setUp();
  const before = clock.timerCount;
  const stream = await open({ v: 0 });
  expect(pushes.count).toBe(1);
  hangUp.abort();
  stream.destroy();
  await once(stream, 'close');
  expect([pushes.count, outside.channelCount, clock.timerCount]).toEqual([0, 0, before]);
});

it('ends at once when the server closes already', async () => {
  const { pushes, open } = await setUp();
  pushes.close();
  const stream = await open({ v: 0 });
  expect(await stream.toArray()).toEqual([': open\n\n']);
});

it('keeps the endpoint alive that it names, for as long as it is open, and no other', async () => {
  const { clock, endpoints, healths, hangUp, open } = await setUp();
  endpoints.register(actor, { userEndpointId: 'mine', keepAliveSeconds: 10 });
  endpoints.register(actor, { userEndpointId: 'other tab', keepAliveSeconds: 10 });
  await open({ v: 0, userEndpointId: 'mine' });
  clock.advance(30_000);
  expect(healths).toEqual(['other tab SICK', 'other tab GONE']);
  hangUp.abort();
  clock.advance(10_000);
  expect(healths.slice(2)).toEqual(['mine SICK']);
});

it('logs the masked copy of what is sent', async () => {
  const { handlers, logged } = await setUp();
  const event = { type: 'DocumentSignedEvent', timestamp: '2026-01-05T10:00:00Z', iban: 'GR16' };
  const call = {
    body: { conferenceId: 'c-1', event, masks: ['$.iban'] },
    params: {},
    query: {},
    actor,
    authorization: undefined,
    lastEventId: undefined,
    signal: new AbortController().signal,
  };
  expect(await handlers.sendEvent(call)).toEqual({ eventsSent: 0 });
  expect(logged).toMatchObject([{ type: 'DocumentSignedEvent', iban: '****' }]);
});
