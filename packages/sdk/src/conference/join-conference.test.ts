import { ForeignAnswerError } from '@parley-rtc/client';
import { expect, it, vi } from 'vitest';
import type { FakePage } from '../../../testing/src/browser/fake-page.ts';
import { broken, forbidden, type FakeServer } from '../../../testing/src/server/fake-server.ts';
import { Deferred } from '../testing/deferred.ts';
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

it.each([
  ['steps, and asks at the same time whether one step would do', false, ['join', 'getConference']],
  ['one step, if the server can', true, []],
])('registers the endpoint, joins and reads the state in %s', async (_how, entersAtOnce, steps) => {
  server.entersAtOnce = entersAtOnce;
  const ada = await joinAs(server, 'ada');
  await settle();
  expect(server.calls.map(({ operation }) => operation)).toEqual([
    'getIceServers',
    'enter',
    'registerUserEndpoint',
    ...steps,
    'getEvents',
  ]);
  expect(ada.state.version).toBe(server.conference?.version);
  expect(ada.state.getSnapshot()).toEqual({
    conference: server.conference,
    endpointId: ada.endpointId,
    ownStreams: [],
    playback: { blockedStreamIds: [] },
    connection: 'connected',
    claims: {},
  });
});

it('uses the ICE servers and endpoint id that the app passes', async () => {
  const ada = await joinAs(server, 'ada', { endpointId: 'mine', iceServers: [] });
  expect(ada.endpointId).toBe('mine');
  expect(server.callsOf('getIceServers')).toEqual([]);
});

it('continues when the endpoint has already joined', async () => {
  await joinAs(server, 'ada', { endpointId: 'mine' });
  const again = await joinAs(server, 'ada', { endpointId: 'mine' });
  expect(again.state.getSnapshot().conference.participants).toHaveLength(1);
});

it.each([
  ['between registering and joining', 'join'],
  ['right after joining', 'getConference'],
])('joins under its preferred id when an earlier page unregisters that id %s', async (_when, operation) => {
  server.intercept = (call) => {
    if (call.operation !== operation) return;
    server.intercept = () => {};
    server.endpoints.delete('seat');
    server.removeEndpoint('seat');
  };
  const ada = await joinAs(server, 'ada', { endpointId: 'seat', metadata: { name: 'Ada' } });
  // The next keep-alive would reveal a lost endpoint.
  await vi.advanceTimersByTimeAsync(11_000);
  expect(server.callsOf('registerUserEndpoint')).toHaveLength(2);
  expect(server.callsOf('keepAliveUserEndpoint')).toHaveLength(1);
  expect(server.conference?.participants).toMatchObject([{ id: 'seat', metadata: { name: 'Ada' } }]);
  expect(ada.state.getSnapshot()).toMatchObject({ conference: server.conference, connection: 'connected' });
  await ada.leave();
  await settle();
  expectNothingBehind();
});

it('does not retry for a missing conference, unless the preferred id may have been unregistered', async () => {
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

it('works with a server that has only the calls of the original document', async () => {
  server.hasPlatformRoutes = false;
  const ada = await joinAs(server, 'ada');
  expect(server.conference?.participants.map(({ id }) => id)).toEqual([ada.endpointId]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.callsOf('keepAliveUserEndpoint')).toEqual([]);
  expect(ada.state.getSnapshot().connection).toBe('connected');
  await ada.leave();
  expect(server.callsOf('unregisterUserEndpoint')).toEqual([]);
});

it('reads the simple view when the server refuses the full state', async () => {
  server.intercept = ({ operation }) => {
    if (operation === 'getConference') throw forbidden(operation);
  };
  const ada = await joinAs(server, 'ada');
  expect(ada.state.getSnapshot().conference.participants).toMatchObject([{ userId: 'ada' }]);
});

it.each(['registerUserEndpoint', 'join', 'getConference'] as const)(
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

it.each(['registerUserEndpoint', 'join', 'getConference'] as const)(
  'rejects immediately and leaves nothing behind when aborted during %s',
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

it.each(['fail', 'never answer'])('joins and publishes although the ICE servers %s', async (how) => {
  server.intercept = ({ operation }) => {
    if (operation !== 'getIceServers') return undefined;
    if (how === 'fail') throw broken(operation);
    return new Promise(() => {});
  };
  const publishing = joinAs(server, 'ada').then((ada) => ada.publishStream({ camera: true }));
  const streams = () => server.conference?.participants.flatMap((participant) => participant.streams) ?? [];
  for (let waitedMs = 0; streams().length === 0 && waitedMs < 8_000; waitedMs += 10) {
    await vi.advanceTimersByTimeAsync(10);
  }
  expect(server.conference?.participants).toMatchObject([{ streams: [{ type: 'CAM' }] }]);
  await publishing;
  if (how === 'fail') expect(server.callsOf('getIceServers')).toHaveLength(2);
});

it('leaves no registration behind when it is aborted while it registers a preferred id', async () => {
  const giveUp = new AbortController();
  const gate = new Deferred<void>();
  server.intercept = ({ operation }) => (operation === 'registerUserEndpoint' ? gate.promise : undefined);
  const joining = rejectionOf(joinAs(server, 'ada', { endpointId: 'seat', signal: giveUp.signal }));
  await settle();
  giveUp.abort();
  expect(await joining).toMatchObject({ code: 'ERR_ABORTED' });
  // The page may be gone before the registration is answered.
  expect(server.callsOf('unregisterUserEndpoint')).toMatchObject([{ userEndpointId: 'seat' }]);
  gate.resolve();
  await settle();
  expectNothingBehind();
});

it('leaves no registration behind when its answer is lost', async () => {
  const real = server.api('ada');
  const api = server.api('ada');
  vi.spyOn(server, 'api').mockReturnValue(api);
  vi.spyOn(api, 'registerUserEndpoint').mockImplementation(async (...args) => {
    await real.registerUserEndpoint(...args);
    throw broken('registerUserEndpoint');
  });
  expect(await rejectionOf(joinAs(server, 'ada', { endpointId: 'seat' }))).toMatchObject({
    code: 'ERR_CONNECTION',
  });
  await settle();
  expectNothingBehind();
});

it('registers again when a proxy denied that the server can register endpoints', async () => {
  let denials = 1;
  server.intercept = ({ operation }) => {
    if (operation !== 'registerUserEndpoint' || denials === 0) return;
    denials -= 1;
    throw new ForeignAnswerError({ operation, status: 404 });
  };
  const ada = await joinAs(server, 'ada');
  expect(server.endpoints).toContain(ada.endpointId);
});

it('joins a server without platform routes whose 404 has a form of its own', async () => {
  server.hasPlatformRoutes = false;
  server.intercept = ({ operation }) => {
    if (operation === 'registerUserEndpoint' || operation === 'getIceServers') {
      throw new ForeignAnswerError({ operation, status: 404 });
    }
  };
  const ada = await joinAs(server, 'ada');
  expect(ada.state.getSnapshot().connection).toBe('connected');
});

it('rejects when joining as a whole takes too long', async () => {
  server.intercept = ({ operation }) => (operation === 'join' ? new Promise(() => {}) : undefined);
  const joining = rejectionOf(joinAs(server, 'ada', { timeoutMs: 4_000 }));
  await vi.advanceTimersByTimeAsync(4_000);
  expect(await joining).toMatchObject({
    code: 'ERR_TIMEOUT',
  });
});

it('takes 15 s at most by default', async () => {
  server.intercept = ({ operation }) => (operation === 'join' ? new Promise(() => {}) : undefined);
  const onFailed = vi.fn<(error: unknown) => void>();
  joinAs(server, 'ada').catch(onFailed);
  await vi.advanceTimersByTimeAsync(14_999);
  expect(onFailed).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(onFailed.mock.calls).toMatchObject([[{ code: 'ERR_TIMEOUT' }]]);
});

it('sends nothing when its signal is already aborted', async () => {
  await expect(joinAs(server, 'ada', { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'ERR_ABORTED',
  });
  expect(server.calls).toEqual([]);
});

it('ignores its signal once joined', async () => {
  const giveUp = new AbortController();
  const ada = await joinAs(server, 'ada', { signal: giveUp.signal });
  giveUp.abort();
  await settle();
  await ada.setMetadata('still', 'here');
  expect(server.conference?.metadata['still']?.value).toBe('here');
});

it('has no limit when `timeoutMs` is Infinity', async () => {
  const gate = new Deferred<void>();
  server.intercept = ({ operation }) => (operation === 'join' ? gate.promise : undefined);
  const joining = joinAs(server, 'ada', { timeoutMs: Infinity });
  await vi.advanceTimersByTimeAsync(3_600_000);
  gate.resolve();
  expect((await joining).state.getSnapshot().connection).toBe('connected');
});

it.each([
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

it('replaces the metadata that the page before a reload left behind', async () => {
  await joinAs(server, 'ada', { endpointId: 'seat', metadata: { name: 'Ada' } });
  const ada = await joinAs(server, 'ada', { endpointId: 'seat', metadata: { name: 'Ada L.' } });
  expect(server.conference?.participants).toMatchObject([{ id: 'seat', metadata: { name: 'Ada L.' } }]);
  expect(ada.state.getSnapshot().conference).toEqual(server.conference);
});
