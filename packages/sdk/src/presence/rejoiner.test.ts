import { expect, it, vi } from 'vitest';
import type { FakePage } from '../../../testing/src/browser/fake-page.ts';
import { broken, type FakeServer } from '../../../testing/src/server/fake-server.ts';
import { Deferred } from '../testing/deferred.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import { Rejoiner } from './rejoiner.ts';

let server: FakeServer;
let page: FakePage;

useFakeConference((fakes) => {
  ({ server, page } = fakes);
});

/** The operations that the server was asked for since `count` calls, without the polls. */
const operationsSince = (count: number) =>
  server.calls
    .slice(count)
    .map(({ operation }) => operation)
    .filter((operation) => operation !== 'getEvents');

/** Removes an endpoint, as the server does after silence. */
function drop(endpointId: string): void {
  server.endpoints.delete(endpointId);
  server.removeEndpoint(endpointId);
}

it('rejoins only after the farewell of the page that went away, which would remove it again', async () => {
  const ada = await joinAs(server, 'ada');
  const farewell = new Deferred<void>();
  server.intercept = ({ operation }) =>
    operation === 'unregisterUserEndpoint' ? farewell.promise : undefined;
  page.fire('pagehide', { persisted: true });
  await settle();
  const count = server.calls.length;
  page.fire('pageshow', { persisted: true });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(operationsSince(count)).toEqual([]);
  farewell.resolve();
  await settle();
  expect(operationsSince(count)).toEqual(expect.arrayContaining(['registerUserEndpoint', 'join']));
  expect(ada.state.getSnapshot().connection).toBe('connected');
  expect(server.conference?.participants.map(({ id }) => id)).toEqual([ada.endpointId]);
});

it('sends no sign of life while the server has yet to hear that we leave', async () => {
  const ada = await joinAs(server, 'ada');
  server.intercept = ({ operation }) => (operation === 'leave' ? new Promise(() => {}) : undefined);
  await vi.advanceTimersByTimeAsync(9_000);
  void ada.leave();
  await vi.advanceTimersByTimeAsync(3_000);
  expect(server.callsOf('keepAliveUserEndpoint')).toEqual([]);
});

it('stops telling an unreachable server that we leave when the app aborts that', async () => {
  const ada = await joinAs(server, 'ada');
  server.intercept = ({ operation }) => {
    if (operation === 'leave') throw broken(operation);
  };
  const abort = new AbortController();
  const onLeft = vi.fn<() => void>();
  void ada.leave({ signal: abort.signal }).then(onLeft);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(onLeft).not.toHaveBeenCalled();
  abort.abort();
  await settle();
  expect(onLeft).toHaveBeenCalledOnce();
  expect(vi.getTimerCount()).toBe(0);
});

it('says farewell once for a page that goes away while it rejoins', async () => {
  const ada = await joinAs(server, 'ada');
  server.intercept = ({ operation }) => {
    if (operation === 'registerUserEndpoint') throw broken(operation);
  };
  drop(ada.endpointId);
  await settle();
  page.fire('pagehide', { persisted: true });
  await settle();
  expect(server.callsOf('leave')).toEqual([]);
  server.intercept = () => {};
  page.fire('pageshow', { persisted: true });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(server.conference?.participants.map(({ id }) => id)).toEqual([ada.endpointId]);
});

it('leaves again when leaving overtakes a rejoin that succeeds', async () => {
  const ada = await joinAs(server, 'ada');
  const entering = new Deferred<void>();
  server.intercept = ({ operation }) => (operation === 'getConference' ? entering.promise : undefined);
  drop(ada.endpointId);
  await settle();
  expect(server.conference?.participants).toHaveLength(1);
  await ada.leave();
  entering.resolve();
  await settle();
  expect(server.conference?.participants).toEqual([]);
  expect(server.endpoints.size).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

it('accepts being dropped again, but only once within ten seconds of each return', async () => {
  const ada = await joinAs(server, 'ada');
  const heard = listenTo(ada);
  const dropAfter = async (stayMs: number) => {
    await vi.advanceTimersByTimeAsync(stayMs);
    drop(ada.endpointId);
    await settle();
  };
  // The first stay does not count: we came by joining.
  for (const stayMs of [0, 9_999, 10_000, 0, 10_000, 9_999]) await dropAfter(stayMs);
  expect(heard).not.toContain('error ERR_ENDPOINT_LOST');
  expect(ada.state.getSnapshot().connection).toBe('connected');
  await dropAfter(9_999);
  expect(heard.slice(-2)).toEqual(['error ERR_ENDPOINT_LOST', 'connection-changed left']);
});

it.each(['onLost', 'onMissing', 'onAway'] as const)(
  'stays outside for good once it has given up: %s',
  async (event) => {
    const onOut = vi.fn<() => void>();
    const enterAgain = vi.fn<() => Promise<never>>(() => new Promise(() => {}));
    const rejoiner = new Rejoiner(
      {
        id: 'seat',
        isRegistered: true,
        isForgotten: async () => false,
        stop: () => {},
        unregister: async () => {},
      },
      {
        api: server.api('ada'),
        conferenceId: 'room',
        enterAgain,
        metadata: () => undefined,
        onOut,
        onIn: () => {},
        onGivenUp: () => {},
        onGone: () => {},
        log: () => {},
      },
    );
    await rejoiner.giveUp({});
    rejoiner[event]();
    await settle();
    expect(onOut).not.toHaveBeenCalled();
    expect(enterAgain).not.toHaveBeenCalled();
    expect(rejoiner.isOutside).toBe(false);
  },
);
