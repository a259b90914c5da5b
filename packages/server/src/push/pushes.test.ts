import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Conferences } from '../conferences/conferences.ts';
import { endConference } from '../conferences/rules/end-conference.ts';
import { EngineError } from '../health/trouble.ts';
import { MemoryEventLog } from '../storage/memory-event-log.ts';
import { anActor } from '../testing/builders.ts';
import { failLoudly } from '../testing/fail-loudly.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { noMessages } from '../testing/no-messages.ts';
import { OutsideEvents } from './outside-events.ts';
import { Pushes, type PushStart } from './pushes.ts';

const creator = anActor({ userId: 'u-creator' }, 'create-conference');

let clock: FakeClock;
let conferences: Conferences;
let log: MemoryEventLog;
let outside: OutsideEvents;
let pushes: Pushes;

beforeEach(async () => {
  clock = new FakeClock();
  log = new MemoryEventLog();
  conferences = new Conferences({
    log,
    clock,
    newId: () => crypto.randomUUID(),
    pollTimeoutMs: 1,
    endedRetentionMs: 1,
    onError: failLoudly,
  });
  outside = new OutsideEvents(clock, failLoudly);
  pushes = new Pushes({ conferences, log, messages: noMessages, outside, clock });
  await conferences.create({ conferenceId: 'c-1' }, creator);
});

/** Opens a push, and reads its greeting. */
async function open(
  start: PushStart = { version: 0 },
  actor = creator,
  signal = new AbortController().signal,
) {
  const push = await pushes.open('c-1', start, actor, signal);
  const chunks = push.chunks[Symbol.asyncIterator]();
  expect(await chunks.next()).toEqual({ done: false, value: ': open\n\n' });
  return { ...push, chunks };
}

/** Lets a push that reads reach its wait. */
const untilItWaits = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
};

const send = (id: string, text = ''): boolean =>
  outside.publish('c-1', { event: { id, text }, qos: 'BEST_EFFORT', atVersion: 0 });

describe('a push', () => {
  it('leaves no listener and no timer behind, however many events it waited for', async () => {
    const { chunks } = await open();
    for (let count = 0; count < 5; count += 1) {
      const next = chunks.next();
      await untilItWaits();
      send(`e-${count}`);
      await next;
    }
    // The events themselves expire after two seconds.
    clock.advance(2_000);
    expect(outside.channelCount).toBe(0);
    // The push's own lifetime.
    expect(clock.timerCount).toBe(1);
  });

  it('holds events back while replicas do not confirm them, and shows what is there afterwards', async () => {
    const { chunks } = await open();
    const settled = vi.spyOn(log, 'settled');
    settled.mockRejectedValueOnce(new EngineError('engine_not_replicated'));
    settled.mockRejectedValueOnce(new EngineError('engine_not_replicated'));
    const read = vi.spyOn(log, 'read');
    send('e-1');
    const silence = { done: false, value: ': still here\n\n' };
    expect([await chunks.next(), await chunks.next()]).toEqual([silence, silence]);
    expect(await chunks.next()).toMatchObject({ value: expect.stringContaining('"id":"e-1"') as string });
    expect(read).toHaveBeenCalledTimes(3);
    settled.mockRejectedValueOnce(new EngineError('engine_unavailable'));
    send('e-2');
    await expect(chunks.next()).rejects.toThrow(EngineError);
  });

  it('ends when the log lost events that it has sent, and goes on otherwise', async () => {
    const { chunks } = await open();
    const next = chunks.next();
    await untilItWaits();
    pushes.recheck();
    await untilItWaits();
    send('e-1');
    expect(await next).toMatchObject({ value: expect.stringContaining('"id":"e-1"') as string });
    const ahead = await open({ version: 0, versionId: await log.versionIdAt('c-1', 0) });
    const lost = ahead.chunks.next();
    await untilItWaits();
    vi.spyOn(log, 'versionIdAt').mockResolvedValue('of another history');
    pushes.recheck();
    await expect(lost).rejects.toMatchObject({ code: 'position_unavailable' });
  });

  it('stops listening when it ends while it waits', async () => {
    const abort = new AbortController();
    const { chunks } = await open({ version: 0 }, creator, abort.signal);
    const next = chunks.next();
    await untilItWaits();
    expect(outside.channelCount).toBe(1);
    abort.abort();
    expect(await next).toMatchObject({ done: true });
    expect([outside.channelCount, clock.timerCount, pushes.count]).toEqual([0, 0, 0]);
  });

  it('stops listening when the messages cannot be read', async () => {
    const reader = {
      read: () => Promise.resolve([]),
      hasMore: () => Promise.reject(new Error('damaged')),
      close: () => {},
    };
    const messages = { onSent: () => () => {}, open: () => Promise.resolve(reader) };
    pushes = new Pushes({ conferences, log, messages, outside, clock });
    const { chunks } = await open({ version: 0, messages: { userEndpointId: 'ep-1', start: 0 } });
    await expect(chunks.next()).rejects.toThrow('damaged');
    expect(outside.channelCount).toBe(0);
  });

  it('shows that it is alive after 15 s of silence, and again after another 15 s', async () => {
    const { chunks } = await open();
    for (let count = 0; count < 2; count += 1) {
      const next = chunks.next();
      await untilItWaits();
      clock.advance(14_999);
      expect(await Promise.race([next, untilItWaits()])).toBeUndefined();
      clock.advance(1);
      expect(await next).toEqual({ done: false, value: ': still here\n\n' });
    }
  });

  it('ends after a minute, without a last word', async () => {
    const { chunks, over } = await open();
    const next = chunks.next();
    await untilItWaits();
    clock.advance(15_000);
    await next;
    const last = chunks.next();
    clock.advance(44_999);
    expect(over.aborted).toBe(false);
    clock.advance(1);
    expect(over.aborted).toBe(true);
    expect((await last).value ?? '').not.toContain('data:');
    expect(await chunks.next()).toMatchObject({ done: true });
    expect(pushes.count).toBe(0);
  });

  it('ends when the token expires', async () => {
    const { over } = await open({ version: 0 }, { ...creator, tokenExpiresAtMs: clock.now() + 5_000 });
    clock.advance(4_999);
    expect(over.aborted).toBe(false);
    clock.advance(1);
    expect(over.aborted).toBe(true);
  });

  it('ends when the server closes, also if it is opened later', async () => {
    const { over } = await open();
    pushes.close();
    expect(over.aborted).toBe(true);
    const late = await pushes.open('c-1', { version: 0 }, creator, new AbortController().signal);
    expect(late.over.aborted).toBe(true);
    expect([pushes.count, clock.timerCount]).toEqual([0, 0]);
  });

  it('ends when its reader has gone before it opens', async () => {
    const gone = await pushes.open('c-1', { version: 0 }, creator, AbortSignal.abort());
    expect(gone.over.aborted).toBe(true);
    expect(pushes.count).toBe(0);
  });

  it('sends what is there in pieces of about 16 kB, so that a slow reader holds little memory', async () => {
    for (let count = 0; count < 8; count += 1) send(`e-${count}`, 'x'.repeat(6_000));
    const { chunks } = await open({ version: undefined, lastEventId: '0.0' });
    const sizes = [];
    for (let count = 0; count < 3; count += 1) sizes.push(String((await chunks.next()).value).length);
    expect(sizes.map((size) => Math.round(size / 6_000))).toEqual([3, 3, 2]);
  });

  it('stops between two pieces when it ends', async () => {
    const abort = new AbortController();
    for (let count = 0; count < 8; count += 1) send(`e-${count}`, 'x'.repeat(6_000));
    const { chunks } = await open({ version: undefined, lastEventId: '0.0' }, creator, abort.signal);
    await chunks.next();
    abort.abort();
    expect(await chunks.next()).toMatchObject({ done: true });
  });

  it('begins with the creation for a reader that asks for no version', async () => {
    const { chunks } = await open({});
    expect((await chunks.next()).value).toMatch(/^id: 0\.\d+\.\S+\ndata: .*"ConferenceCreatedEvent"/);
  });

  it('sends a reader that asks for no version what was sent to the conference since its creation', async () => {
    outside.publish('c-1', { event: { id: 'kept' }, qos: 'AT_LEAST_ONCE', atVersion: 0 });
    const { chunks } = await open({});
    expect((await chunks.next()).value).toContain('"kept"');
  });

  it('is over after the event that ends the conference, and tells a late reader nothing more', async () => {
    await conferences.perform('c-1', creator, (state, context) =>
      endConference(state, { conferenceId: 'c-1', userEndpointId: 'ep-1' }, context),
    );
    const { chunks } = await open();
    expect((await chunks.next()).value).toContain('"ConferenceEndedEvent"');
    expect(await chunks.next()).toMatchObject({ done: true });
    const late = await open({ version: 1 });
    expect(await late.chunks.next()).toMatchObject({ done: true });
  });

  it('refuses an id that this server did not write', async () => {
    for (const lastEventId of ['', '5', 'a.b', '1-2.3', `${'9'.repeat(16)}.1`]) {
      await expect(open({ lastEventId })).rejects.toMatchObject({ code: 'invalid_request' });
    }
    expect(pushes.count).toBe(0);
  });
});
