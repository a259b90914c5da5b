import { expect, test, vi } from 'vitest';
import { FakeLocks } from '../testing/fake-locks.ts';
import { broken, type FakeServer } from '../testing/fake-server.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
  Object.assign(fakes.page.navigator, { locks: new FakeLocks() });
});

test('a second tab with the same endpoint id is told so, and the first is not disturbed', async () => {
  const first = await joinAs(server, 'ada', { endpointId: 'seat' });
  const heard = listenTo(first);
  const second = rejectionOf(joinAs(server, 'ada', { endpointId: 'seat' }));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await second).toMatchObject({ code: 'ERR_ENDPOINT_IN_USE', endpointId: 'seat' });
  expect(server.callsOf('registerUserEndpoint')).toHaveLength(1);
  expect(server.conference?.participants.map(({ id }) => id)).toEqual(['seat']);
  expect(heard).toEqual([]);
});

test('an endpoint id is free again once its conference was left, or joining failed', async () => {
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

test('a reload that comes before the old page has let go waits a moment', async () => {
  const first = await joinAs(server, 'ada', { endpointId: 'seat' });
  const joining = joinAs(server, 'ada', { endpointId: 'seat' });
  await vi.advanceTimersByTimeAsync(500);
  await first.leave();
  expect((await joining).endpointId).toBe('seat');
});

test('an endpoint that the server dropped comes back under its own id', async () => {
  const ada = await joinAs(server, 'ada', { endpointId: 'seat' });
  const heard = listenTo(ada);
  server.endpoints.delete('seat');
  server.removeEndpoint('seat');
  await settle();
  expect(heard).toEqual(['connection-changed reconnecting', 'connection-changed connected']);
  expect(server.conference?.participants.map(({ id }) => id)).toEqual(['seat']);
});
