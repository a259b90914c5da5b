import { expect, it, vi } from 'vitest';
import { broken, type FakeServer } from '../../../testing/src/server/fake-server.ts';
import { FakeLocks } from '../testing/fake-locks.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import { claimEndpointId } from './claim-endpoint-id.ts';

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
  Object.assign(fakes.page.navigator, { locks: new FakeLocks() });
});

it('rejects a second tab with the same endpoint id, without disturbing the first', async () => {
  const first = await joinAs(server, 'ada', { endpointId: 'seat' });
  const heard = listenTo(first);
  const second = rejectionOf(joinAs(server, 'ada', { endpointId: 'seat' }));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await second).toMatchObject({ code: 'ERR_ENDPOINT_IN_USE', endpointId: 'seat' });
  expect(server.callsOf('registerUserEndpoint')).toHaveLength(1);
  expect(server.conference?.participants.map(({ id }) => id)).toEqual(['seat']);
  expect(heard).toEqual([]);
});

it('releases an endpoint id after leaving, or after joining failed', async () => {
  const first = await joinAs(server, 'ada', { endpointId: 'seat' });
  await first.leave();
  server.intercept = ({ operation }) => {
    if (operation === 'registerUserEndpoint') throw broken(operation);
  };
  expect(await rejectionOf(joinAs(server, 'ada', { endpointId: 'seat' }))).toMatchObject({
    code: 'ERR_CONNECTION',
  });
  server.intercept = () => {};
  const third = await joinAs(server, 'ada', { endpointId: 'seat' });
  expect(third.endpointId).toBe('seat');
  await third.leave();
  expect(vi.getTimerCount()).toBe(0);
});

it('waits for the old page to release the id during a reload', async () => {
  const first = await joinAs(server, 'ada', { endpointId: 'seat' });
  const joining = joinAs(server, 'ada', { endpointId: 'seat' });
  await vi.advanceTimersByTimeAsync(500);
  await first.leave();
  expect((await joining).endpointId).toBe('seat');
});

it('stops waiting for the id as soon as joining is aborted', async () => {
  const release = await claimEndpointId('seat', new AbortController().signal);
  const abort = new AbortController();
  const onFailed = vi.fn<(error: unknown) => void>();
  claimEndpointId('seat', abort.signal).catch(onFailed);
  await settle();
  abort.abort();
  await settle();
  expect(onFailed.mock.calls).toMatchObject([[{ code: 'ERR_ABORTED' }]]);
  release();
  await expect(claimEndpointId('seat', new AbortController().signal)).resolves.toBeTypeOf('function');
});

it('claims nothing in a browser without locks', async () => {
  vi.stubGlobal('navigator', {});
  for (let tab = 0; tab < 2; tab += 1) {
    await expect(claimEndpointId('seat', new AbortController().signal)).resolves.toBeTypeOf('function');
  }
});

it('rejoins under its own id after the server dropped the endpoint', async () => {
  const ada = await joinAs(server, 'ada', { endpointId: 'seat' });
  const heard = listenTo(ada);
  server.endpoints.delete('seat');
  server.removeEndpoint('seat');
  await settle();
  expect(heard).toEqual(['connection-changed reconnecting', 'connection-changed connected']);
  expect(server.conference?.participants.map(({ id }) => id)).toEqual(['seat']);
});

it.each([
  ['denied', async () => Promise.reject(new DOMException('Denied.', 'SecurityError'))],
  [
    'broken',
    () => {
      throw new DOMException('The document is not active.', 'InvalidStateError');
    },
  ],
])('joins without a claim where Web Locks are %s', async (_how, request) => {
  vi.stubGlobal('navigator', { onLine: true, locks: { request } });
  const ada = await joinAs(server, 'ada', { endpointId: 'seat' });
  expect(ada.endpointId).toBe('seat');
});

it('stops waiting for the id as soon as joining is aborted', async () => {
  await joinAs(server, 'ada', { endpointId: 'seat' });
  const giveUp = new AbortController();
  const before = vi.getTimerCount();
  const second = rejectionOf(joinAs(server, 'ada', { endpointId: 'seat', signal: giveUp.signal }));
  await settle();
  giveUp.abort();
  expect(await second).toMatchObject({ code: 'ERR_ABORTED' });
  await settle();
  expect(vi.getTimerCount()).toBe(before);
});
