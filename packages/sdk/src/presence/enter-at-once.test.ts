import { beforeEach, expect, it, vi } from 'vitest';
import type { FakePage } from '../../../testing/src/browser/fake-page.ts';
import { broken, type FakeServer } from '../../../testing/src/server/fake-server.ts';
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
beforeEach(() => {
  server.entersAtOnce = true;
});

function expectNothingBehind(): void {
  expect(vi.getTimerCount()).toBe(0);
  expect(page.listenerCount).toBe(0);
  expect(server.endpoints.size).toBe(0);
  expect(server.conference?.participants ?? []).toEqual([]);
}

/** Holds an operation back until the gate opens. */
function holdBack(held: string): Deferred<void> {
  const gate = new Deferred<void>();
  server.intercept = ({ operation }) => (operation === held ? gate.promise : undefined);
  return gate;
}

it('enters with the metadata, and sees everyone who is inside', async () => {
  await joinAs(server, 'bob');
  const ada = await joinAs(server, 'ada', { metadata: { name: 'Ada' } });
  expect(ada.state.getSnapshot().conference).toEqual(server.conference);
  expect(server.conference?.participants).toMatchObject([
    { userId: 'bob' },
    { id: ada.endpointId, metadata: { name: 'Ada' } },
  ]);
  expect(server.callsOf('join')).toEqual([]);
});

it('keeps the endpoint alive', async () => {
  const ada = await joinAs(server, 'ada');
  await vi.advanceTimersByTimeAsync(11_000);
  expect(server.callsOf('keepAliveUserEndpoint')).toMatchObject([{ userEndpointId: ada.endpointId }]);
});

it('is inside once when the answer is lost', async () => {
  const real = server.api('ada');
  const api = server.api('ada');
  vi.spyOn(server, 'api').mockReturnValue(api);
  vi.spyOn(api, 'enter').mockImplementation(async (...args) => {
    await real.enter(...args);
    throw broken('enter');
  });
  const ada = await joinAs(server, 'ada');
  expect(server.conference?.participants.map(({ id }) => id)).toEqual([ada.endpointId]);
});

it.each(['enter', 'registerUserEndpoint'])('leaves nothing behind when aborted during %s', async (held) => {
  const gate = holdBack(held);
  const giveUp = new AbortController();
  const joining = rejectionOf(joinAs(server, 'ada', { signal: giveUp.signal }));
  await settle();
  giveUp.abort();
  expect(await joining).toMatchObject({ code: 'ERR_ABORTED' });
  gate.resolve();
  await settle();
  expectNothingBehind();
});

it.each([
  ['enter', false],
  ['registerUserEndpoint', false],
  ['enter', true],
])('leaves nothing behind when the page goes away during %s (persisted: %s)', async (held, persisted) => {
  const gate = holdBack(held);
  const joining = rejectionOf(joinAs(server, 'ada'));
  await settle();
  page.fire('pagehide', { persisted });
  expect(await joining).toMatchObject({ code: 'ERR_ABORTED' });
  gate.resolve();
  await settle();
  expectNothingBehind();
});

it('leaves nothing behind when it enters after registering has failed', async () => {
  const gate = new Deferred<void>();
  server.intercept = ({ operation }) => {
    if (operation === 'registerUserEndpoint') throw broken(operation);
    return operation === 'enter' ? gate.promise : undefined;
  };
  expect(await rejectionOf(joinAs(server, 'ada'))).toMatchObject({ code: 'ERR_CONNECTION' });
  gate.resolve();
  await settle();
  expectNothingBehind();
});

it('takes the steps one by one on rejoining, because the server may know newer metadata', async () => {
  const ada = await joinAs(server, 'ada');
  server.removeEndpoint(ada.endpointId);
  server.endpoints.delete(ada.endpointId);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(server.conference?.participants.map(({ id }) => id)).toEqual([ada.endpointId]);
  expect(server.callsOf('enter')).toHaveLength(1);
  expect(server.callsOf('join')).toHaveLength(1);
});

it('does not enter before its id is claimed from other tabs', async () => {
  vi.stubGlobal('navigator', { locks: { request: () => new Promise(() => {}) } });
  const joining = rejectionOf(joinAs(server, 'ada', { endpointId: 'mine' }));
  await vi.advanceTimersByTimeAsync(15_000);
  expect(await joining).toMatchObject({ code: 'ERR_ENDPOINT_IN_USE' });
  expect(server.callsOf('enter')).toEqual([]);
});
