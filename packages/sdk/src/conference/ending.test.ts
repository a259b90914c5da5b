import { NotFoundError } from '@parley-rtc/client';
import { expect, it, vi } from 'vitest';
import { broken, type FakeServer } from '../../../testing/src/server/fake-server.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
});

it('ends the conference for all, though the server had dropped us unnoticed', async () => {
  const [ada, bob] = [await joinAs(server, 'ada'), await joinAs(server, 'bob')];
  await settle();
  const { endpointId } = ada;
  server.endpoints.delete(endpointId);
  // As Parley's server answers for an endpoint that it does not know.
  server.intercept = ({ operation }) => {
    if (operation === 'end' && !server.endpoints.has(endpointId)) {
      throw new NotFoundError({ operation, status: 404 });
    }
  };
  await ada.end({ reason: 'done' });
  await settle();
  for (const { state } of [ada, bob]) {
    expect(state.getSnapshot()).toMatchObject({
      connection: 'ended',
      conference: { ended: { reason: 'done' } },
    });
  }
  expect(vi.getTimerCount()).toBe(0);
});

it('has ended once the server no longer knows it, also when somebody else did it first', async () => {
  const ada = await joinAs(server, 'ada');
  const heard = listenTo(ada);
  server.intercept = ({ operation }) => {
    if (operation !== 'end') return;
    server.forget();
    throw new NotFoundError({ operation, status: 404 });
  };
  await ada.end();
  expect(heard.slice(-2)).toEqual(['ended undefined', 'connection-changed ended']);
  expect(heard.filter((line) => line.startsWith('error'))).toEqual([]);
});

it('gives up ending it when the server cannot be reached, and rejoins all the same', async () => {
  const ada = await joinAs(server, 'ada');
  server.endpoints.clear();
  server.removeEndpoint(ada.endpointId);
  server.intercept = ({ operation }) => {
    if (operation === 'end') throw new NotFoundError({ operation, status: 404 });
    if (operation === 'registerUserEndpoint') throw broken(operation);
  };
  const ending = ada.end().catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(await ending).toMatchObject({ code: 'ERR_TIMEOUT' });
  server.intercept = () => {};
  await vi.advanceTimersByTimeAsync(10_000);
  expect(ada.state.getSnapshot().connection).toBe('connected');
  await ada.leave();
  expect(vi.getTimerCount()).toBe(0);
});

it('is announced as ended even if the keep-alive notices it first, as after a long sleep', async () => {
  const ada = await joinAs(server, 'ada');
  const heard = listenTo(ada);
  await settle();
  server.intercept = ({ operation }) => (operation === 'getEvents' ? new Promise(() => {}) : undefined);
  server.wake();
  await settle();
  server.endpoints.clear();
  server.conference = undefined;
  await vi.advanceTimersByTimeAsync(12_000);
  expect(heard).toEqual(['connection-changed reconnecting', 'ended undefined', 'connection-changed ended']);
  expect(vi.getTimerCount()).toBe(0);
});
