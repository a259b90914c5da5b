import { TooManyRequestsError } from '@parley-rtc/client';
import { describe, expect, it, vi } from 'vitest';
import type { FakePage } from '../../../testing/src/browser/fake-page.ts';
import { broken, forbidden, type FakeServer } from '../../../testing/src/server/fake-server.ts';
import { selectRemoteParticipants } from '../index.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import { noteNetwork } from '../waiting/until-online.ts';

let server: FakeServer;
let page: FakePage;

useFakeConference((fakes) => {
  ({ server, page } = fakes);
});

const joined = (userEndpointId: string) => ({
  type: 'ConferenceJoinedEvent',
  userId: userEndpointId,
  userEndpointId,
});

async function pollsWithin(ms: number): Promise<number> {
  const before = server.callsOf('getEvents').length;
  await vi.advanceTimersByTimeAsync(ms);
  return server.callsOf('getEvents').length - before;
}

it('asks for events after the version it knows', async () => {
  await joinAs(server, 'ada');
  await settle();
  server.append(joined('bob'));
  server.append(joined('eve'));
  await settle();
  expect(server.callsOf('getEvents')).toEqual([1, 3]);
});

it('asks again when a held poll ends without events', async () => {
  await joinAs(server, 'ada');
  await settle();
  expect(await pollsWithin(20_000)).toBe(1);
});

describe('when an event is missing', () => {
  it('reads the snapshot and announces what it missed', async () => {
    const ada = await joinAs(server, 'ada');
    const heard = listenTo(ada);
    await settle();
    server.distort = (events) => events.slice(1);
    // Appended together, so that the first is lost and the second reveals the gap.
    server.append(joined('bob'));
    server.append(joined('eve'));
    await settle();
    expect(heard).toEqual(['participant-joined bob', 'participant-joined eve']);
    expect(ada.state.getSnapshot().conference).toEqual(server.conference);
    expect(server.callsOf('getConference')).toHaveLength(2);
  });

  it('does not go back to a snapshot older than its state', async () => {
    const ada = await joinAs(server, 'ada');
    await settle();
    server.lag = 1;
    server.distort = (events) => events.slice(1);
    server.append(joined('bob'));
    server.append(joined('eve'));
    await vi.advanceTimersByTimeAsync(1_000);
    const versions: number[] = [];
    ada.state.subscribe(() => versions.push(ada.state.version));
    server.distort = (events) => events;
    server.lag = 0;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(versions).toEqual(versions.toSorted((one, other) => one - other));
    expect(ada.state.getSnapshot().conference).toEqual(server.conference);
  });
});

it('asks again no sooner than a server that is busy asks it to', async () => {
  server.intercept = ({ operation }) => {
    if (operation !== 'getEvents') return;
    throw new TooManyRequestsError({ operation, status: 429, retryAfterMs: 40_000 });
  };
  const ada = await joinAs(server, 'ada');
  await settle();
  expect(await pollsWithin(39_999)).toBe(0);
  expect(await pollsWithin(1)).toBe(1);
  // A network that is back is a reason to try anyway.
  page.fire('online');
  expect(await pollsWithin(0)).toBe(1);
  await ada.leave();
  expect(vi.getTimerCount()).toBe(0);
});

it('reads the snapshot after an event of unknown type, and passes on the raw event', async () => {
  const ada = await joinAs(server, 'ada');
  const heard = listenTo(ada);
  await settle();
  server.append({ type: 'ConferenceRecordingStartedEvent' });
  await settle();
  expect(heard).toEqual(['server-event UnknownEvent']);
  expect(ada.state.version).toBe(2);
  expect(server.callsOf('getConference')).toHaveLength(2);
});

it('reads the snapshot after an event of the history without a version', async () => {
  const ada = await joinAs(server, 'ada');
  await settle();
  server.distort = (events) => events.map((event) => ({ ...(event as object), conferenceVersion: null }));
  server.append(joined('bob'));
  await settle();
  expect(selectRemoteParticipants(ada.state.getSnapshot()).map(({ id }) => id)).toEqual(['bob']);
});

it('announces each event once, however often and in whatever order it arrives', async () => {
  const ada = await joinAs(server, 'ada');
  const heard = listenTo(ada);
  await settle();
  server.distort = (events) => [...events.toReversed(), ...events];
  server.append(joined('bob'));
  server.append(joined('eve'));
  await settle();
  expect(heard).toEqual(['participant-joined bob', 'participant-joined eve']);
});

it('announces an event outside the history once, though every poll returns it again', async () => {
  const ada = await joinAs(server, 'ada');
  const heard = listenTo(ada);
  const ping = { type: 'PingEvent', id: 'ping', conferenceVersion: null };
  server.distort = (events) => [ping, ...events];
  server.wake();
  await settle();
  server.append(joined('bob'));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(heard).toEqual(['server-event UnknownEvent', 'participant-joined bob']);
});

it.each([
  [
    'returns only old events',
    (events: readonly unknown[]) => [{ ...joined('ada'), conferenceVersion: 0 }, ...events],
  ],
  ['returns nothing without waiting', () => []],
])('pauses between polls when every poll %s', async (_what, distort) => {
  await joinAs(server, 'ada');
  server.distort = distort;
  const api = vi.spyOn(Math, 'random').mockReturnValue(0.5);
  server.append(joined('bob'));
  await settle();
  expect(await pollsWithin(60_000)).toBeLessThan(60);
  api.mockRestore();
});

it('skips what is not an event, and reports it once', async () => {
  const ada = await joinAs(server, 'ada');
  const heard = listenTo(ada);
  await settle();
  server.distort = (events) => ['nonsense', null, ...events];
  server.append(joined('bob'));
  await settle();
  expect(heard).toEqual(['error ERR_UNREADABLE_EVENT', 'participant-joined bob']);
});

describe('when the server interprets `v` differently', () => {
  it('notices the silence, and follows events from then on', async () => {
    const ada = await joinAs(server, 'ada');
    await settle();
    server.exclusiveBoundary = true;
    server.append(joined('bob'));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(selectRemoteParticipants(ada.state.getSnapshot()).map(({ id }) => id)).toEqual(['bob']);
    server.append(joined('eve'));
    await settle();
    expect(selectRemoteParticipants(ada.state.getSnapshot()).map(({ id }) => id)).toEqual(['bob', 'eve']);
  });
});

describe('when the network is lost', () => {
  it('reports it, reconnects with growing pauses, and neither loses nor repeats an event', async () => {
    const ada = await joinAs(server, 'ada');
    const heard = listenTo(ada);
    await settle();
    server.intercept = ({ operation }) => {
      if (operation === 'getEvents') throw broken(operation);
    };
    server.append(joined('bob'));
    await settle();
    server.append(joined('eve'));
    expect(await pollsWithin(60_000)).toBeLessThan(60);
    expect(heard).toEqual(['participant-joined bob', 'connection-changed reconnecting']);
    server.intercept = () => {};
    await vi.advanceTimersByTimeAsync(5_000);
    expect(heard.slice(2)).toEqual(['participant-joined eve', 'connection-changed connected']);
  });

  it('reports that it is connected again even when no event has occurred', async () => {
    const ada = await joinAs(server, 'ada');
    const heard = listenTo(ada);
    await settle();
    server.intercept = ({ operation }) => {
      if (operation === 'getEvents') throw broken(operation);
    };
    await vi.advanceTimersByTimeAsync(20_000);
    server.intercept = () => {};
    await vi.advanceTimersByTimeAsync(5_000);
    expect(heard).toEqual(['connection-changed reconnecting', 'connection-changed connected']);
    expect(await pollsWithin(15_000)).toBe(0);
  });

  it('asks only every ten seconds while the browser is offline, and reports that it is reconnecting', async () => {
    const ada = await joinAs(server, 'ada');
    await settle();
    page.setOnline(false);
    server.append(joined('bob'));
    await settle();
    server.append(joined('eve'));
    server.intercept = ({ operation }) => {
      throw broken(operation);
    };
    server.calls.length = 0;
    await vi.advanceTimersByTimeAsync(40_000);
    expect(server.calls.length).toBeGreaterThanOrEqual(3);
    expect(server.calls.length).toBeLessThanOrEqual(4);
    expect(new Set(server.calls.map(({ operation }) => operation))).toEqual(new Set(['getEvents']));
    expect(ada.state.getSnapshot().connection).toBe('reconnecting');
    server.intercept = () => {};
    page.setOnline(true);
    await settle();
    expect(ada.state.version).toBe(3);
    expect(ada.state.getSnapshot().connection).toBe('connected');
    await ada.leave();
    expect(page.listenerCount).toBe(0);
  });

  it('connects and stays alive although the browser wrongly says that it is offline', async () => {
    page.setOnline(false);
    const ada = await joinAs(server, 'ada');
    server.append(joined('bob'));
    await vi.advanceTimersByTimeAsync(10_500);
    expect(ada.state.getSnapshot().connection).toBe('connected');
    server.calls.length = 0;
    server.append(joined('eve'));
    await settle();
    expect(ada.state.version).toBe(3);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(server.callsOf('keepAliveUserEndpoint').length).toBeGreaterThanOrEqual(2);
    await ada.leave();
    expect(page.listenerCount).toBe(0);
  });

  it('does not report a poll that a proxy cuts while it waits, if the next one is answered', async () => {
    const ada = await joinAs(server, 'ada');
    const heard = listenTo(ada);
    server.intercept = async ({ operation }) => {
      if (operation !== 'getEvents' || isProbe()) return;
      await new Promise((resolve) => setTimeout(resolve, 10_000));
      throw broken(operation);
    };
    const isProbe = () => (server.callsOf('getEvents').at(-1) as number) < ada.state.version;
    server.append(joined('bob'));
    await vi.advanceTimersByTimeAsync(60_000);
    server.append(joined('eve'));
    await vi.advanceTimersByTimeAsync(12_000);
    expect(heard).toEqual(['participant-joined bob', 'participant-joined eve']);
  });

  it('stays silent after leaving, even during a pause', async () => {
    const ada = await joinAs(server, 'ada');
    await settle();
    server.intercept = ({ operation }) => {
      if (operation === 'getEvents') throw broken(operation);
    };
    server.append(joined('bob'));
    await vi.advanceTimersByTimeAsync(10_000);
    await ada.leave();
    expect(await pollsWithin(60_000)).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});

it('reports a problem that waiting cannot fix once, and continues when it is solved', async () => {
  const ada = await joinAs(server, 'ada');
  const heard = listenTo(ada);
  await settle();
  server.intercept = ({ operation }) => {
    if (operation === 'getEvents') throw forbidden(operation);
  };
  server.append(joined('bob'));
  await vi.advanceTimersByTimeAsync(30_000);
  server.intercept = () => {};
  await vi.advanceTimersByTimeAsync(5_000);
  expect(heard).toEqual([
    'participant-joined bob',
    'connection-changed reconnecting',
    'error ERR_FORBIDDEN',
    'connection-changed connected',
  ]);
});

it('keeps the id of the conference when a snapshot leaves it out', async () => {
  const ada = await joinAs(server, 'ada');
  await settle();
  const read = server.snapshot.bind(server);
  server.snapshot = () => {
    const state = read();
    return state && { ...state, id: '' };
  };
  server.append({ type: 'ConferenceRecordingStartedEvent' });
  await settle();
  expect(ada.state.version).toBe(2);
  expect(ada.id).toBe('room');
});

it('follows at once after joining, whatever the browser says about the network', async () => {
  page.navigator.onLine = false;
  noteNetwork(false);
  const ada = await joinAs(server, 'ada');
  const heard = listenTo(ada);
  await settle();
  server.append(joined('bob'));
  await settle();
  expect(heard).toEqual(['participant-joined bob']);
  await ada.leave();
});
