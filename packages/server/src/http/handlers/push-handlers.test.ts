import { once } from 'node:events';
import type { ConferenceInteractionIdSetEvent } from '@parley-rtc/contract';
import { expect, it, vi } from 'vitest';
import { Conferences } from '../../conferences/conferences.ts';
import { UserEndpoints } from '../../endpoints/user-endpoints.ts';
import { defaultLimits } from '../../limits/limits.ts';
import { Messages } from '../../messages/messages.ts';
import { OutsideEvents } from '../../push/outside-events.ts';
import { Pushes } from '../../push/pushes.ts';
import { WaitingRequests } from '../../push/waiting-requests.ts';
import { MemoryEventLog } from '../../storage/memory-event-log.ts';
import { MemoryMessageLog } from '../../storage/memory-message-log.ts';
import { noRecords } from '../../storage/records.ts';
import { anActor } from '../../testing/builders.ts';
import { failLoudly } from '../../testing/fail-loudly.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
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
    onDropped: (id) => healths.push(`${id} GONE`),
  });
  const outside = new OutsideEvents(clock, failLoudly);
  const waiting = new WaitingRequests(defaultLimits);
  const logged: object[] = [];
  const onSent = (event: object): void => void logged.push(event);
  const messages = new Messages({
    conferences,
    log: new MemoryMessageLog(),
    clock,
    newId,
    limits: defaultLimits,
    budget: undefined,
    onError: failLoudly,
  });
  const pushes = new Pushes({ conferences, log, messages, outside, clock });
  const handlers = pushHandlers({
    conferences,
    endpoints,
    outside,
    messages,
    pushes,
    waiting,
    clock,
    onSent,
  });
  await conferences.create({ conferenceId: 'c-1' }, actor);
  const hangUp = new AbortController();
  const open = (query: { readonly v?: number; readonly userEndpointId?: string }) =>
    handlers.openPush({
      body: undefined,
      params: { id: 'c-1' },
      query,
      actor,
      authorization: undefined,
      address: '127.0.0.1',
      lastEventId: undefined,
      signal: hangUp.signal,
    });
  return { clock, log, conferences, endpoints, healths, outside, pushes, handlers, logged, hangUp, open };
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

it('buffers almost nothing for a reader that does not read, and drops it when its push ends', async () => {
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

it('reads the history in small batches, and delivers all of it in order', async () => {
  const { log, conferences, open } = await setUp();
  const events = Array.from({ length: 300 }, (_, version) => bigEventAt(version));
  await log.append('c-1', 0, events);
  const end = { ...bigEventAt(300), type: 'ConferenceEndedEvent', reason: 'over' } as const;
  await log.append('c-1', 300, [end]);
  await conferences.get('c-1', actor);
  const read = vi.spyOn(log, 'read');
  const chunks = (await (await open({ v: 0 })).toArray()) as readonly string[];
  const versions = [...chunks.join('').matchAll(/"conferenceVersion":(\d+)/g)].map(([, version]) =>
    Number(version),
  );
  expect(versions).toEqual(Array.from({ length: 301 }, (_, version) => version));
  const batches = await Promise.all(
    read.mock.results.map(({ value }) => value as ReturnType<typeof log.read>),
  );
  expect(batches.length).toBeGreaterThan(40);
  for (const batch of batches) expect(JSON.stringify(batch).length).toBeLessThan(70_000);
});

it('sends events outside the history at their place, also when it is far behind', async () => {
  const { log, outside, open } = await setUp();
  for (let version = 0; version < 20; version += 1) {
    const event = { outside: version };
    outside.publish('c-1', { event, qos: 'AT_LEAST_ONCE', atVersion: version });
    await log.append('c-1', version, [bigEventAt(version)]);
  }
  const end = { ...bigEventAt(20), type: 'ConferenceEndedEvent', reason: 'over' } as const;
  await log.append('c-1', 20, [end]);
  const chunks = (await (await open({ v: 0 })).toArray()) as readonly string[];
  const order = [...chunks.join('').matchAll(/"(outside|conferenceVersion)":(\d+)/g)].map(
    ([, kind, at]) => `${kind} ${at}`,
  );
  const expected = Array.from({ length: 20 }, (_, at) => [`outside ${at}`, `conferenceVersion ${at}`]);
  expect(order).toEqual([...expected.flat(), 'conferenceVersion 20']);
});

it('leaves no listener behind, however often it waited', async () => {
  const { log, outside, hangUp, open } = await setUp();
  const listeners = new Set<() => void>();
  const onPublished = outside.onPublished.bind(outside);
  vi.spyOn(outside, 'onPublished').mockImplementation((conferenceId, listener) => {
    listeners.add(listener);
    const stop = onPublished(conferenceId, listener);
    return () => {
      listeners.delete(listener);
      stop();
    };
  });
  const stream = await open({ v: 0 });
  stream.resume();
  for (let version = 0; version < 5; version += 1) {
    await expect.poll(() => listeners.size).toBe(1);
    const [before] = listeners;
    await log.append('c-1', version, [bigEventAt(version)]);
    await expect.poll(() => [...listeners]).not.toContain(before);
  }
  await expect.poll(() => listeners.size).toBe(1);
  hangUp.abort();
  await expect.poll(() => listeners.size).toBe(0);
});

it('leaves nothing behind when it was never read', async () => {
  const { clock, outside, pushes, hangUp, open } = await setUp();
  const before = clock.timerCount;
  const stream = await open({ v: 0 });
  expect(pushes.count).toBe(1);
  hangUp.abort();
  stream.destroy();
  await once(stream, 'close');
  expect([pushes.count, outside.channelCount, clock.timerCount]).toEqual([0, 0, before]);
});

it('ends immediately when the server is closing', async () => {
  const { pushes, open } = await setUp();
  pushes.close();
  const stream = await open({ v: 0 });
  expect(await stream.toArray()).toEqual([': open\n\n']);
});

it('keeps only the endpoint that it names alive, while it is open', async () => {
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

it('logs the masked copy of a sent event', async () => {
  const { handlers, logged } = await setUp();
  const event = { type: 'DocumentSignedEvent', timestamp: '2026-01-05T10:00:00Z', iban: 'GR16' };
  const call = {
    body: { conferenceId: 'c-1', event, masks: ['$.iban'] },
    params: {},
    query: {},
    actor,
    authorization: undefined,
    address: '127.0.0.1',
    lastEventId: undefined,
    signal: new AbortController().signal,
  };
  expect(await handlers.sendEvent(call)).toEqual({ eventsSent: 0 });
  expect(logged).toMatchObject([{ type: 'DocumentSignedEvent', iban: '****' }]);
});
