import { describe, expect, it } from 'vitest';
import { PushReader } from '../testing/push-reader.ts';
import { startTestServer, type Caller, type TestServer } from '../testing/test-server.ts';

/**
 * Resolves once the server has exactly this many timers: a waiting push has one for its lifetime and one for its
 * heartbeat.
 */
async function expectTimers({ clock }: TestServer, count: number): Promise<void> {
  await expect.poll(() => clock.timerCount).toBe(count);
}

function send(service: Caller, conferenceId: string, id: string, more: object = {}): Promise<unknown> {
  const event = { id, type: 'DocumentSignedEvent', timestamp: '2026-01-05T10:00:00Z' };
  return service.do('sendEvent', { body: { conferenceId, event, ...more } });
}

function setKey(
  service: Caller,
  conferenceId: string,
  userEndpointId: string,
  key: string,
): Promise<unknown> {
  return service.do('updateMetadata', {
    body: { conferenceId, userEndpointId, operation: 'SET', key, value: 'v' },
  });
}

const idsOf = (events: readonly { readonly id: string }[]): readonly string[] => events.map(({ id }) => id);
const versionsOf = (events: readonly { readonly conferenceVersion?: number | null }[]): readonly unknown[] =>
  events.map(({ conferenceVersion }) => conferenceVersion);

describe('a push', () => {
  it('is a stream of events that caches and proxies do not buffer', async () => {
    const { service } = await startTestServer();
    const { response } = await PushReader.open(service, await service.create(), { v: 0 });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'access-control-allow-origin': '*',
    });
  });

  it('carries the history from a version on, exactly as the poll does, and continues with new events', async () => {
    const { service } = await startTestServer();
    const conferenceId = await service.create();
    const userEndpointId = await service.join(conferenceId);
    await setKey(service, conferenceId, userEndpointId, 'one');
    const push = await PushReader.open(service, conferenceId, { v: 1 });
    const [first] = await push.take(1);
    await setKey(service, conferenceId, userEndpointId, 'two');
    const [second] = await push.take(1);
    expect([first, second]).toEqual(await service.events(conferenceId, 1));
    const whole = await PushReader.open(service, conferenceId);
    expect(await whole.take(4)).toEqual(await service.events(conferenceId));
  });

  it('carries events outside the history in order with the rest; the poll never does', async () => {
    const { service } = await startTestServer();
    const conferenceId = await service.create();
    const userEndpointId = await service.join(conferenceId);
    const push = await PushReader.open(service, conferenceId, { v: 1 });
    await send(service, conferenceId, 'before');
    await setKey(service, conferenceId, userEndpointId, 'k');
    await send(service, conferenceId, 'after', { qos: 'AT_LEAST_ONCE' });
    const events = await push.take(3);
    expect(versionsOf(events)).toEqual([undefined, 1, undefined]);
    expect(idsOf(events)).toMatchObject(['before', events[1]?.id, 'after']);
    expect(events[0]).toEqual({
      id: 'before',
      conferenceId,
      type: 'DocumentSignedEvent',
      timestamp: '2026-01-05T10:00:00Z',
    });
    expect(versionsOf(await service.events(conferenceId, 0))).toEqual([0, 1]);
  });

  it('delivers masked fields unmasked', async () => {
    const { service } = await startTestServer();
    const conferenceId = await service.create();
    const push = await PushReader.open(service, conferenceId, { v: 0 });
    const event = { type: 'DocumentSignedEvent', timestamp: '2026-01-05T10:00:00Z', iban: 'GR16' };
    await service.do('sendEvent', { body: { conferenceId, event, masks: ['$.iban'] } });
    expect(await push.take(1)).toMatchObject([{ iban: 'GR16' }]);
  });

  it('resumes wherever it broke off, without gaps or repetitions', async () => {
    const { service } = await startTestServer();
    const conferenceId = await service.create();
    const userEndpointId = await service.join(conferenceId);
    const all = await PushReader.open(service, conferenceId, { v: 0 });
    for (let round = 0; round < 4; round += 1) {
      await send(service, conferenceId, `sent-${round}`, { qos: 'AT_LEAST_ONCE' });
      await setKey(service, conferenceId, userEndpointId, `key-${round}`);
    }
    const events = idsOf(await all.take(9));
    for (let length = 1; length < 9; length += 1) {
      const first = await PushReader.open(service, conferenceId, { v: 0 });
      const had = idsOf(await first.take(length));
      first.hangUp();
      const { lastId = '' } = first;
      const second = await PushReader.open(service, conferenceId, { v: 0, lastEventId: lastId });
      expect([...had, ...idsOf(await second.take(9 - length))]).toEqual(events);
    }
  });

  it('delivers events sent AT_LEAST_ONCE since a version to readers up to two minutes late', async () => {
    const { service, clock } = await startTestServer();
    const conferenceId = await service.create();
    await service.register();
    await send(service, conferenceId, 'missed', { qos: 'AT_LEAST_ONCE' });
    await send(service, conferenceId, 'live');
    clock.advance(119_999);
    const late = await PushReader.open(service, conferenceId, { v: 0 });
    expect(idsOf(await late.take(1))).toEqual(['missed']);
    clock.advance(1);
    const tooLate = await PushReader.open(service, conferenceId, { v: 0 });
    await send(service, conferenceId, 'next');
    expect(idsOf(await tooLate.take(1))).toEqual(['next']);
  });

  it('sends a heartbeat after 15 seconds of silence', async () => {
    const server = await startTestServer();
    const { service, clock } = server;
    const conferenceId = await service.create();
    const before = clock.timerCount;
    const push = await PushReader.open(service, conferenceId, { v: 0 });
    await expectTimers(server, before + 2);
    clock.advance(15_000);
    await expectTimers(server, before + 2);
    await service.join(conferenceId);
    expect(await push.take(1)).toHaveLength(1);
    expect(push.comments).toEqual([': open', ': still here']);
  });
});

describe('a push ends', () => {
  it('after the end of the conference, also for later readers', async () => {
    const { service } = await startTestServer();
    const conferenceId = await service.create();
    const userEndpointId = await service.join(conferenceId);
    const push = await PushReader.open(service, conferenceId, { v: 1 });
    await service.do('end', { body: { conferenceId, userEndpointId } });
    expect(await push.take(9)).toMatchObject([{ type: 'ConferenceEndedEvent' }]);
    for (const [v, count] of [
      [1, 1],
      [2, 0],
    ]) {
      const late = await PushReader.open(service, conferenceId, { v: v ?? 0 });
      expect(await late.take(9)).toHaveLength(count ?? 0);
    }
  });

  it('when the token expires', async () => {
    const server = await startTestServer({ accessTokenSeconds: 30 });
    const { service, clock } = server;
    const conferenceId = await service.create();
    const before = clock.timerCount;
    const push = await PushReader.open(service, conferenceId, { v: 0 });
    await expectTimers(server, before + 2);
    clock.advance(30_000);
    expect(await push.next()).toBeUndefined();
    await expectTimers(server, before);
    await expect(PushReader.open(service, conferenceId, { v: 0 })).rejects.toThrow(/^401/);
  });

  it('after a minute, to detect vanished readers', async () => {
    const server = await startTestServer();
    const { service, clock } = server;
    const conferenceId = await service.create();
    const before = clock.timerCount;
    const push = await PushReader.open(service, conferenceId, { v: 0 });
    await expectTimers(server, before + 2);
    clock.advance(60_000);
    expect(await push.next()).toBeUndefined();
    await expectTimers(server, before);
  });

  it('when the server closes', async () => {
    const server = await startTestServer();
    const { service, clock } = server;
    const conferenceId = await service.create();
    const before = clock.timerCount;
    const push = await PushReader.open(service, conferenceId, { v: 0 });
    await expectTimers(server, before + 2);
    const closed = server.close();
    expect(await push.next()).toBeUndefined();
    await closed;
    expect(clock.timerCount).toBe(0);
  });

  it('when its reader hangs up, and nothing stays registered', async () => {
    const server = await startTestServer();
    const { service, clock } = server;
    const conferenceId = await service.create();
    const before = clock.timerCount;
    const pushes = await Promise.all([1, 2, 3].map(() => PushReader.open(service, conferenceId, { v: 0 })));
    await expectTimers(server, before + 6);
    for (const push of pushes) push.hangUp();
    await expectTimers(server, before);
  });
});

describe('a push is refused', () => {
  it('by the same rules as the poll', async () => {
    const { service, login } = await startTestServer();
    const conferenceId = await service.create();
    const foreigner = await login('foreigner');
    await expect(PushReader.open(foreigner, conferenceId)).rejects.toThrow(/^403/);
    await expect(PushReader.open(service, 'nowhere')).rejects.toThrow(/^404/);
    await expect(PushReader.open({ url: service.url, token: '' }, conferenceId)).rejects.toThrow(/^401/);
    await expect(PushReader.open(service, conferenceId, { v: -1 })).rejects.toThrow(/^400/);
    await expect(PushReader.open(service, conferenceId, { lastEventId: '7' })).rejects.toThrow(/^400/);
  });

  it('at a position that the history does not have', async () => {
    const { service } = await startTestServer();
    const conferenceId = await service.create();
    await service.join(conferenceId);
    const push = await PushReader.open(service, conferenceId, { v: 0 });
    await push.take(1);
    const refused = /^400.*position_unavailable/;
    for (const request of [
      { v: 2 },
      { v: 1, versionId: 'another' },
      { lastEventId: `${push.lastId}x` },
      { lastEventId: '2.0.x' },
      { v: 1, versionId: 'another', lastEventId: push.lastId ?? '' },
    ]) {
      await expect(PushReader.open(service, conferenceId, request)).rejects.toThrow(refused);
    }
  });
});

it('refuses unsupported masks, and then sends nothing', async () => {
  const { service } = await startTestServer();
  const conferenceId = await service.create();
  const push = await PushReader.open(service, conferenceId, { v: 0 });
  const event = { type: 'DocumentSignedEvent', timestamp: '2026-01-05T10:00:00Z' };
  const body = { conferenceId, event, masks: ['$[?@.a]'] };
  expect(await service.call('sendEvent', { body })).toMatchObject({
    status: 400,
    body: { error: 'invalid_request' },
  });
  await send(service, conferenceId, 'next');
  expect(idsOf(await push.take(1))).toEqual(['next']);
});
