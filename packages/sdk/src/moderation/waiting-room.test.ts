import { describe, expect, it, vi } from 'vitest';
import type { FakePage } from '../../../testing/src/browser/fake-page.ts';
import { broken, forbidden, type FakeServer } from '../../../testing/src/server/fake-server.ts';
import type { Conference } from '../conference/conference.ts';
import { capturedTracks } from '../testing/fake-browser.ts';
import { joinAs } from '../testing/join-as.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

let server: FakeServer;
let page: FakePage;
let host: Conference;

useFakeConference(async (fakes) => {
  ({ server, page } = fakes);
  server.hasModeration = true;
  server.moderation.permit('host', { moderate: true });
  host = await joinAs(server, 'host');
  await host.moderation.openLobby({ message: 'Soon' });
  await settle();
});

type Options = Parameters<typeof joinAs>[2];

/** A guest who joins and waits, and what happens to it. */
function guest(userId: string, options: Options = {}) {
  const told: unknown[] = [];
  const outcome: { conference?: Conference; error?: unknown } = {};
  const stop = new AbortController();
  const joining = joinAs(server, userId, {
    signal: stop.signal,
    onWaiting: (waiting) => void told.push(waiting),
    ...options,
  }).then(
    (conference) => void (outcome.conference = conference),
    (error: unknown) => void (outcome.error = error),
  );
  return { told, outcome, stop, joining };
}

const waiting = () => server.moderation.guests.map(({ userId }) => userId);
const names = () => host.waitingRoom.getSnapshot().map(({ userId }) => userId);
const idsOf = (...userIds: readonly string[]) =>
  server.moderation.guests.flatMap(({ userId, userEndpointId }) =>
    userIds.includes(userId) ? [userEndpointId] : [],
  );
const live = () => capturedTracks.filter(({ readyState }) => readyState === 'live').map(({ kind }) => kind);

describe('a guest', () => {
  it('waits, is told the message of the host and each change, and joins once admitted', async () => {
    const eve = guest('eve');
    await settle();
    const since = new Date(Date.now()).toISOString();
    expect(eve.told).toEqual([
      { message: 'Soon', waitingSince: since, expiresAt: new Date(Date.now() + 600_000).toISOString() },
    ]);
    expect(server.moderation.guests).toMatchObject([{ userId: 'eve', name: 'eve' }]);
    await vi.advanceTimersByTimeAsync(45_000);
    expect(eve.told).toHaveLength(1);
    await host.moderation.openLobby({ message: 'Five minutes' });
    await settle();
    expect(eve.told.slice(1)).toMatchObject([{ message: 'Five minutes', waitingSince: since }]);
    await host.waitingRoom.admit(idsOf('eve'));
    await settle();
    expect(eve.outcome.conference?.state.getSnapshot().connection).toBe('connected');
    expect(server.callsOf('cancelEntry')).toEqual([]);
  });

  it('needs no listener to wait, and a listener that throws does not end the wait', async () => {
    const uncaught = vi.fn<(error: unknown) => void>();
    process.on('unhandledRejection', uncaught);
    const failure = new Error('my listener');
    const eve = guest('eve', {
      onWaiting: () => {
        throw failure;
      },
    });
    const bob = joinAs(server, 'bob');
    await settle();
    vi.useRealTimers();
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off('unhandledRejection', uncaught);
    expect(uncaught.mock.calls.map(([error]) => error)).toEqual([failure]);
    expect(waiting()).toEqual(['eve', 'bob']);
    await host.waitingRoom.admitAll();
    await eve.joining;
    await bob;
  });

  it('may wait longer than joining may take, and the wait is no step of joining', async () => {
    const eve = guest('eve', { timeoutMs: 2_000 });
    await vi.advanceTimersByTimeAsync(300_000);
    expect(eve.outcome).toEqual({});
    await host.waitingRoom.admitAll();
    await settle();
    const timing = vi.fn<(timing: { totalMs: number }) => void>();
    eve.outcome.conference?.on('join-timed', timing);
    await settle();
    expect(timing.mock.calls[0]?.[0].totalMs).toBeLessThan(2_000);
  });

  it('still has to join in time before and after the wait', async () => {
    const eve = guest('eve', { timeoutMs: 2_000 });
    await vi.advanceTimersByTimeAsync(60_000);
    let isHanging = true;
    server.intercept = ({ operation }) =>
      isHanging && operation === 'join' ? new Promise(() => {}) : undefined;
    await host.waitingRoom.admitAll();
    await vi.advanceTimersByTimeAsync(1_900);
    expect(eve.outcome).toEqual({});
    await vi.advanceTimersByTimeAsync(200);
    isHanging = false;
    expect(eve.outcome.error).toMatchObject({ code: 'ERR_TIMEOUT' });
  });

  it('learns that it was denied, with the words of the host, and leaves nothing behind', async () => {
    const eve = guest('eve');
    await settle();
    await host.waitingRoom.deny(idsOf('eve'), { message: 'Not today' });
    await settle();
    expect(eve.outcome.error).toMatchObject({ code: 'ERR_ENTRY_DENIED', hostMessage: 'Not today' });
    expect(server.endpoints).toEqual(new Set([host.endpointId]));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.endpoints.size).toBe(1);
  });

  it('learns that nobody decided in time', async () => {
    const eve = guest('eve');
    await vi.advanceTimersByTimeAsync(700_000);
    expect(eve.outcome.error).toMatchObject({ code: 'ERR_ENTRY_EXPIRED', retryable: true });
  });

  it('gives up its place when it stops waiting', async () => {
    const eve = guest('eve');
    await settle();
    eve.stop.abort();
    await settle();
    expect(eve.outcome.error).toMatchObject({ code: 'ERR_ABORTED' });
    expect(waiting()).toEqual([]);
    expect(server.callsOf('cancelEntry')).toHaveLength(1);
    expect(server.callsOf('leave')).toEqual([]);
    expect(server.endpoints).toEqual(new Set([host.endpointId]));
  });

  it('gives up its place by requests that outlive the page', async () => {
    const api = server.api('eve');
    const cancel = vi.spyOn(api, 'cancelEntry');
    vi.spyOn(server, 'api').mockReturnValueOnce(api);
    const eve = guest('eve');
    await settle();
    page.fire('pagehide', { persisted: false });
    await settle();
    expect(cancel.mock.calls.map(([, options]) => options)).toMatchObject([{ keepalive: true }]);
    expect(waiting()).toEqual([]);
    expect(eve.outcome.error).toMatchObject({ code: 'ERR_ABORTED' });
  });

  it('keeps its place through a lost network', async () => {
    const eve = guest('eve');
    await settle();
    const [before] = server.moderation.guests;
    page.setOnline(false);
    server.intercept = ({ operation }) => {
      if (operation === 'requestEntry') throw broken(operation);
    };
    server.moderation.change();
    await vi.advanceTimersByTimeAsync(10_000);
    server.intercept = () => {};
    page.setOnline(true);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(server.moderation.guests).toEqual([before]);
    await host.waitingRoom.admitAll();
    await settle();
    expect(eve.outcome.conference).toBeDefined();
  });

  it('waits again after a server that has forgotten it, with the same endpoint', async () => {
    const eve = guest('eve');
    await settle();
    const [id] = idsOf('eve');
    await vi.advanceTimersByTimeAsync(5_000);
    server.endpoints.delete(id ?? '');
    server.moderation.forgetGuests();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(idsOf('eve')).toEqual([id]);
    expect(eve.told).toHaveLength(2);
    await host.waitingRoom.admitAll();
    await settle();
    expect(eve.outcome.conference?.endpointId).toBe(id);
    // Keep-alives go on for the endpoint that was registered again.
    const before = server.callsOf('keepAliveUserEndpoint').length;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(server.callsOf('keepAliveUserEndpoint').length).toBe(before + 2);
  });

  it('stops waiting when the conference is gone', async () => {
    const eve = guest('eve');
    await settle();
    server.forget();
    server.moderation.change();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(eve.outcome.error).toMatchObject({ code: 'ERR_NOT_FOUND' });
  });

  it('does not ask in a loop when the server admits it but never lets it in', async () => {
    const admitted = { state: 'ADMITTED', revision: 'r' } as const;
    const api = server.api('eve');
    vi.spyOn(api, 'requestEntry').mockResolvedValue(admitted);
    vi.spyOn(server, 'api').mockReturnValueOnce(api);
    const eve = guest('eve');
    await settle();
    expect(eve.outcome.error).toMatchObject({ code: 'ERR_WAITING_ROOM' });
    expect(server.callsOf('join').length).toBeLessThan(6);
  });

  it('does not ask in a loop when the server holds no request', async () => {
    const api = server.api('eve');
    const ask = vi.spyOn(api, 'requestEntry').mockResolvedValue({ state: 'WAITING', revision: 'r' });
    vi.spyOn(server, 'api').mockReturnValueOnce(api);
    const eve = guest('eve');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(ask.mock.calls.length).toBeLessThan(13);
    eve.stop.abort();
    await eve.joining;
  });

  it('has its devices closed while it waits, and opens them again once admitted', async () => {
    const eve = guest('eve', { publish: { camera: true, microphone: true } });
    await settle();
    expect(live()).toEqual([]);
    expect(server.callsOf('publishStream')).toEqual([]);
    await host.waitingRoom.admitAll();
    await settle();
    const mine = await eve.outcome.conference?.published;
    expect(mine?.type).toBe('MIC_AND_CAM');
    expect(live().toSorted()).toEqual(['audio', 'video']);
  });
});

describe('the waiting room of a host', () => {
  it('asks the server only while somebody subscribes', async () => {
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.callsOf('getWaiting')).toEqual([]);
    const [first, second] = [host.waitingRoom.subscribe(() => {}), host.waitingRoom.subscribe(() => {})];
    await settle();
    // The first request is answered immediately, the next is held.
    expect(server.callsOf('getWaiting')).toHaveLength(2);
    first();
    first();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(server.callsOf('getWaiting')).toHaveLength(3);
    second();
    await host.setMetadata('topic', 'x');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.callsOf('getWaiting')).toHaveLength(3);
  });

  it('lists guests in their order, with what they claim and what is verified', async () => {
    server.moderation.verified.set('bob', { name: 'Dr Bob', role: 'doctor' });
    const listener = vi.fn<() => void>();
    host.waitingRoom.subscribe(listener);
    await settle();
    expect(host.waitingRoom.getSnapshot()).toEqual([]);
    guest('eve');
    await settle();
    guest('bob', { metadata: {} });
    await settle();
    const waitingSince = new Date(Date.now()).toISOString();
    const [eve, bob] = host.waitingRoom.getSnapshot();
    expect([eve, bob]).toEqual([
      { endpointId: idsOf('eve')[0], userId: 'eve', name: 'eve', verified: undefined, waitingSince },
      {
        endpointId: idsOf('bob')[0],
        userId: 'bob',
        name: undefined,
        verified: { name: 'Dr Bob', role: 'doctor' },
        waitingSince,
      },
    ]);
    expect(listener).toHaveBeenCalledTimes(2);
    await host.waitingRoom.deny(idsOf('eve'));
    await settle();
    expect(host.waitingRoom.getSnapshot()).toEqual([bob]);
    expect(host.waitingRoom.getSnapshot()[0]).toBe(bob);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(listener).toHaveBeenCalledTimes(3);
  });

  it('holds no request open while the waiting room is closed', async () => {
    host.waitingRoom.subscribe(() => {});
    guest('eve');
    await settle();
    expect(names()).toEqual(['eve']);
    await host.moderation.closeLobby();
    await settle();
    expect(names()).toEqual([]);
    const asked = server.callsOf('getWaiting').length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.callsOf('getWaiting')).toHaveLength(asked);
    await host.moderation.openLobby();
    guest('bob');
    await settle();
    expect(names()).toEqual(['bob']);
  });

  it('empties and stops when we lose the right, and goes on when it comes back', async () => {
    host.waitingRoom.subscribe(() => {});
    guest('eve');
    await settle();
    const other = { userId: 'other', userEndpointId: 'other-1' };
    server.changePermissions('host', { moderate: false }, other);
    await settle();
    expect(names()).toEqual([]);
    const asked = server.callsOf('getWaiting').length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.callsOf('getWaiting')).toHaveLength(asked);
    server.changePermissions('host', { moderate: true }, other);
    await settle();
    expect(names()).toEqual(['eve']);
  });

  it('is empty for participants who may not moderate, and asks nothing', async () => {
    server.moderation.formerUsers.add('ada');
    const ada = await joinAs(server, 'ada');
    ada.waitingRoom.subscribe(() => {});
    guest('eve');
    await settle();
    expect(ada.waitingRoom.getSnapshot()).toEqual([]);
    expect(server.callsOf('getWaiting')).toEqual([]);
  });

  it('outlasts failures and refusals of the server', async () => {
    host.waitingRoom.subscribe(() => {});
    await settle();
    let failure: unknown = broken('getWaiting');
    server.intercept = ({ operation }) => {
      if (operation === 'getWaiting' && failure) throw failure;
    };
    guest('eve');
    await vi.advanceTimersByTimeAsync(20_000);
    failure = forbidden('getWaiting');
    await vi.advanceTimersByTimeAsync(20_000);
    failure = undefined;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(names()).toEqual(['eve']);
  });

  it('does not ask in a loop when the server holds no request', async () => {
    server.moderation.permit('boss', { moderate: true });
    const api = server.api('boss');
    const ask = vi.spyOn(api, 'getWaiting').mockResolvedValue({ revision: 'r', waiting: [] });
    vi.spyOn(server, 'api').mockReturnValueOnce(api);
    const boss = await joinAs(server, 'boss');
    const stop = boss.waitingRoom.subscribe(() => {});
    await vi.advanceTimersByTimeAsync(10_000);
    expect(ask.mock.calls.length).toBeLessThan(13);
    stop();
  });

  it('stops with the conference', async () => {
    host.waitingRoom.subscribe(() => {});
    guest('eve');
    await settle();
    await host.leave();
    expect(names()).toEqual([]);
    const asked = server.callsOf('getWaiting').length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.callsOf('getWaiting')).toHaveLength(asked);
    expect(await rejectionOf(host.waitingRoom.admitAll())).toMatchObject({ code: 'ERR_NOT_JOINED' });
  });

  it('tells two hosts who decide at the same time what was decided', async () => {
    server.moderation.permit('other', { moderate: true });
    const other = await joinAs(server, 'other');
    const eve = guest('eve');
    await settle();
    const [endpointId = ''] = idsOf('eve');
    const outcomes = await Promise.all([
      host.waitingRoom.admit(endpointId),
      other.waitingRoom.deny([endpointId, endpointId], { message: 'No' }),
    ]);
    expect(outcomes).toEqual([
      [{ endpointId, decision: 'ADMITTED' }],
      [{ endpointId, decision: 'ADMITTED' }],
    ]);
    await settle();
    expect(eve.outcome.conference).toBeDefined();
  });

  it('leaves out guests who have gone, and asks nothing for an empty list', async () => {
    expect(await host.waitingRoom.admit(['gone'])).toEqual([]);
    expect(await host.waitingRoom.deny([])).toEqual([]);
    expect(server.callsOf('decideEntry')).toHaveLength(1);
  });

  it('decides about any number of guests', async () => {
    const ids = Array.from({ length: 2_500 }, (_, index) => `guest-${index}`);
    await host.waitingRoom.deny(ids);
    const asked = server
      .callsOf('decideEntry')
      .map((call) => (call as { endpointIds: string[] }).endpointIds);
    expect(asked.map(({ length }) => length)).toEqual([1000, 1000, 500]);
    expect(asked.flat()).toEqual(ids);
  });

  it('refuses to decide without the right to moderate', async () => {
    server.moderation.formerUsers.add('ada');
    const ada = await joinAs(server, 'ada');
    expect(await rejectionOf(ada.waitingRoom.admitAll())).toMatchObject({
      code: 'ERR_NOT_PERMITTED',
      right: 'moderate',
    });
  });

  it('reports a listener that throws, and still calls the others', async () => {
    const error = vi.fn<(problem: { error: { code: string } }) => void>();
    host.on('error', error);
    host.waitingRoom.subscribe(() => {
      throw new Error('my listener');
    });
    const other = vi.fn<() => void>();
    host.waitingRoom.subscribe(other);
    guest('eve');
    await settle();
    expect(error.mock.calls).toMatchObject([
      [{ error: { code: 'ERR_LISTENER', event: 'waiting-room-changed' } }],
    ]);
    expect(other).toHaveBeenCalledOnce();
  });
});
