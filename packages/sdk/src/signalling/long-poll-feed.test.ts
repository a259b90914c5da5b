import { describe, expect, test, vi } from 'vitest';
import { selectRemoteParticipants } from '../index.ts';
import type { FakePage } from '../testing/fake-browser.ts';
import { broken, type FakeServer, forbidden } from '../testing/fake-server.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

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

test('asks for what comes after the version it knows', async () => {
  await joinAs(server, 'ada');
  await settle();
  server.append(joined('bob'));
  server.append(joined('eve'));
  await settle();
  expect(server.callsOf('getEvents')).toEqual([1, 3]);
});

test('asks again when a held poll ends with nothing', async () => {
  await joinAs(server, 'ada');
  await settle();
  expect(await pollsWithin(20_000)).toBe(1);
});

describe('when an event is missing', () => {
  test('reads the snapshot and announces what it missed', async () => {
    const ada = await joinAs(server, 'ada');
    const heard = listenTo(ada);
    await settle();
    server.distort = (events) => events.slice(1);
    // Both at once, so that the first is lost and the second is the gap.
    server.append(joined('bob'));
    server.append(joined('eve'));
    await settle();
    expect(heard).toEqual(['participant-joined bob', 'participant-joined eve']);
    expect(ada.state.getSnapshot().conference).toEqual(server.conference);
    expect(server.callsOf('getConference')).toHaveLength(2);
  });

  test('does not go back to a snapshot that is older than what it knows', async () => {
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

test('reads the snapshot after an event of unknown type, and hands the event on raw', async () => {
  const ada = await joinAs(server, 'ada');
  const heard = listenTo(ada);
  await settle();
  server.append({ type: 'ConferenceRecordingStartedEvent' });
  await settle();
  expect(heard).toEqual(['server-event UnknownEvent']);
  expect(ada.state.version).toBe(2);
  expect(server.callsOf('getConference')).toHaveLength(2);
});

test('reads the snapshot after an event of the history that came without its version', async () => {
  const ada = await joinAs(server, 'ada');
  await settle();
  server.distort = (events) => events.map((event) => ({ ...(event as object), conferenceVersion: null }));
  server.append(joined('bob'));
  await settle();
  expect(selectRemoteParticipants(ada.state.getSnapshot()).map(({ id }) => id)).toEqual(['bob']);
});

test('announces each event once, however often and in whatever order it comes', async () => {
  const ada = await joinAs(server, 'ada');
  const heard = listenTo(ada);
  await settle();
  server.distort = (events) => [...events.toReversed(), ...events];
  server.append(joined('bob'));
  server.append(joined('eve'));
  await settle();
  expect(heard).toEqual(['participant-joined bob', 'participant-joined eve']);
});

test('tells of an event outside of the history once, though every poll brings it again', async () => {
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

test.each([
  [
    'brings only what is old',
    (events: readonly unknown[]) => [{ ...joined('ada'), conferenceVersion: 0 }, ...events],
  ],
  ['brings nothing without waiting', () => []],
])('does not ask without pause when every poll %s', async (_what, distort) => {
  await joinAs(server, 'ada');
  server.distort = distort;
  const api = vi.spyOn(Math, 'random').mockReturnValue(0.5);
  server.append(joined('bob'));
  await settle();
  expect(await pollsWithin(60_000)).toBeLessThan(60);
  api.mockRestore();
});

test('skips what is no event, and tells of it once', async () => {
  const ada = await joinAs(server, 'ada');
  const heard = listenTo(ada);
  await settle();
  server.distort = (events) => ['nonsense', null, ...events];
  server.append(joined('bob'));
  await settle();
  expect(heard).toEqual(['error ERR_UNREADABLE_EVENT', 'participant-joined bob']);
});

describe('when the server means another version by `v`', () => {
  test('notices the silence, and follows from then on', async () => {
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
  test('says so, comes back with growing pauses, and has lost and repeated nothing', async () => {
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

  test('says that it is back even when nothing has happened meanwhile', async () => {
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

  test('does not even try while the browser is offline, and says that it is not connected', async () => {
    const ada = await joinAs(server, 'ada');
    await settle();
    page.setOnline(false);
    server.append(joined('bob'));
    await settle();
    server.append(joined('eve'));
    expect(await pollsWithin(60_000)).toBe(0);
    expect(ada.state.getSnapshot().connection).toBe('reconnecting');
    page.setOnline(true);
    await settle();
    expect(ada.state.version).toBe(3);
    expect(ada.state.getSnapshot().connection).toBe('connected');
    await ada.leave();
    expect(page.listenerCount).toBe(0);
  });

  test('stays silent after leaving, even from within the pause', async () => {
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

test('tells once of trouble that waiting does not mend, and goes on when it is over', async () => {
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
