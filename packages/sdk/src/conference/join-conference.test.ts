import { expect, test, vi } from 'vitest';
import { Deferred } from '../testing/deferred.ts';
import type { FakePage } from '../testing/fake-browser.ts';
import { broken, type FakeServer, forbidden } from '../testing/fake-server.ts';
import { joinAs } from '../testing/join-as.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

let server: FakeServer;
let page: FakePage;

useFakeConference((fakes) => {
  ({ server, page } = fakes);
});

function expectNothingBehind(): void {
  expect(vi.getTimerCount()).toBe(0);
  expect(page.listenerCount).toBe(0);
  expect(server.parkedPolls).toBe(0);
  expect(server.endpoints.size).toBe(0);
  expect(server.conference?.participants ?? []).toEqual([]);
}

test('registers the endpoint, joins, reads the state and follows it, with ICE servers fetched meanwhile', async () => {
  const ada = await joinAs(server, 'ada');
  await settle();
  expect(server.calls.map(({ operation }) => operation)).toEqual([
    'getIceServers',
    'registerUserEndpoint',
    'join',
    'getConference',
    'getEvents',
  ]);
  expect(ada.state.version).toBe(server.conference?.version);
  expect(ada.state.getSnapshot()).toEqual({
    conference: server.conference,
    endpointId: ada.endpointId,
    playback: { blockedStreamIds: [] },
    connection: 'connected',
    claims: {},
  });
});

test('takes ICE servers and endpoint id from the app when it gives them', async () => {
  const ada = await joinAs(server, 'ada', { endpointId: 'mine', iceServers: [] });
  expect(ada.endpointId).toBe('mine');
  expect(server.callsOf('getIceServers')).toEqual([]);
});

test('goes on when the endpoint is inside already', async () => {
  await joinAs(server, 'ada', { endpointId: 'mine' });
  const again = await joinAs(server, 'ada', { endpointId: 'mine' });
  expect(again.state.getSnapshot().conference.participants).toHaveLength(1);
});

test.each([
  ['between registering and joining', 'join'],
  ['right after joining', 'getConference'],
])('takes its seat when the page that had it before gives it up %s', async (_when, operation) => {
  server.intercept = (call) => {
    if (call.operation !== operation) return;
    server.intercept = () => {};
    server.endpoints.delete('seat');
    server.removeEndpoint('seat');
  };
  const ada = await joinAs(server, 'ada', { endpointId: 'seat', metadata: { name: 'Ada' } });
  // The next keep-alive tells at the latest.
  await vi.advanceTimersByTimeAsync(11_000);
  expect(server.callsOf('registerUserEndpoint')).toHaveLength(2);
  expect(server.callsOf('keepAliveUserEndpoint')).toHaveLength(1);
  expect(server.conference?.participants).toMatchObject([{ id: 'seat', metadata: { name: 'Ada' } }]);
  expect(ada.state.getSnapshot()).toMatchObject({ conference: server.conference, connection: 'connected' });
  await ada.leave();
  await settle();
  expectNothingBehind();
});

test('does not ask a second time for a conference that is not there, unless the seat may have been taken back', async () => {
  server.conference = undefined;
  await expect(joinAs(server, 'ada')).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' });
  expect(server.callsOf('join')).toHaveLength(1);
  await expect(joinAs(server, 'ada', { endpointId: 'seat' })).rejects.toMatchObject({
    code: 'ERR_NOT_FOUND',
  });
  expect(server.callsOf('join')).toHaveLength(3);
  await settle();
  expectNothingBehind();
});

test('gets along with a server that has only the calls of the original document', async () => {
  server.hasPlatformRoutes = false;
  const ada = await joinAs(server, 'ada');
  expect(server.conference?.participants.map(({ id }) => id)).toEqual([ada.endpointId]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.callsOf('keepAliveUserEndpoint')).toEqual([]);
  expect(ada.state.getSnapshot().connection).toBe('connected');
  await ada.leave();
  expect(server.callsOf('unregisterUserEndpoint')).toEqual([]);
});

test('reads the simple view where the full state is not for us', async () => {
  server.intercept = ({ operation }) => {
    if (operation === 'getConference') throw forbidden(operation);
  };
  const ada = await joinAs(server, 'ada');
  expect(ada.state.getSnapshot().conference.participants).toMatchObject([{ userId: 'ada' }]);
});

test.each(['getIceServers', 'registerUserEndpoint', 'join', 'getConference'] as const)(
  'rejects and leaves nothing behind when %s fails',
  async (failing) => {
    server.intercept = ({ operation }) => {
      if (operation === failing) throw broken(operation);
    };
    await expect(joinAs(server, 'ada')).rejects.toMatchObject({ code: 'ERR_CONNECTION' });
    await settle();
    expectNothingBehind();
  },
);

test.each(['getIceServers', 'registerUserEndpoint', 'join', 'getConference'] as const)(
  'rejects at once and leaves nothing behind when aborted during %s',
  async (hanging) => {
    const giveUp = new AbortController();
    server.intercept = ({ operation }) =>
      operation === hanging
        ? new Promise((resolve) => giveUp.signal.addEventListener('abort', () => resolve()))
        : undefined;
    const joining = rejectionOf(joinAs(server, 'ada', { signal: giveUp.signal }));
    await settle();
    giveUp.abort();
    expect(await joining).toMatchObject({
      code: 'ERR_ABORTED',
    });
    await settle();
    expectNothingBehind();
  },
);

test('rejects when the whole of it takes too long', async () => {
  server.intercept = ({ operation }) => (operation === 'join' ? new Promise(() => {}) : undefined);
  const joining = rejectionOf(joinAs(server, 'ada', { timeoutMs: 4_000 }));
  await vi.advanceTimersByTimeAsync(4_000);
  expect(await joining).toMatchObject({
    code: 'ERR_TIMEOUT',
  });
});

test('sends nothing for a signal that is aborted already', async () => {
  await expect(joinAs(server, 'ada', { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'ERR_ABORTED',
  });
  expect(server.calls).toEqual([]);
});

test('ignores its signal once joined', async () => {
  const giveUp = new AbortController();
  const ada = await joinAs(server, 'ada', { signal: giveUp.signal });
  giveUp.abort();
  await settle();
  await ada.setMetadata('still', 'here');
  expect(server.conference?.metadata['still']?.value).toBe('here');
});

test('has no limit when `timeoutMs` is Infinity', async () => {
  const gate = new Deferred<void>();
  server.intercept = ({ operation }) => (operation === 'join' ? gate.promise : undefined);
  const joining = joinAs(server, 'ada', { timeoutMs: Infinity });
  await vi.advanceTimersByTimeAsync(3_600_000);
  gate.resolve();
  expect((await joining).state.getSnapshot().connection).toBe('connected');
});

test.each([
  ['join', false],
  ['getConference', false],
  ['getConference', true],
] as const)(
  'leaves by requests that outlive the page when it goes away during %s (persisted: %s)',
  async (hanging, persisted) => {
    const api = server.api('ada');
    const leave = vi.spyOn(api, 'leave');
    const unregister = vi.spyOn(api, 'unregisterUserEndpoint');
    vi.spyOn(server, 'api').mockReturnValue(api);
    const gate = new Deferred<void>();
    server.intercept = ({ operation }) => (operation === hanging ? gate.promise : undefined);
    const joining = rejectionOf(joinAs(server, 'ada'));
    await settle();
    page.fire('pagehide', { persisted });
    expect(leave.mock.calls.map(([, options]) => options)).toMatchObject([{ keepalive: true }]);
    expect(unregister.mock.calls.map(([, options]) => options)).toMatchObject([{ keepalive: true }]);
    expect(await joining).toMatchObject({ code: 'ERR_ABORTED' });
    gate.resolve();
    await settle();
    expectNothingBehind();
  },
);
