import { NotFoundError, TooManyRequestsError } from '@parley-rtc/client';
import { expect, it, vi } from 'vitest';
import { broken, type FakeServer } from '../../../testing/src/server/fake-server.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import { registerUserEndpoint, type UserEndpoint } from './user-endpoint.ts';

let server: FakeServer;
const onLost = vi.fn<(cause: NotFoundError) => void>();

const register = (): Promise<UserEndpoint> =>
  registerUserEndpoint({
    api: server.api('ada'),
    preferredId: undefined,
    claim: async () => () => {},
    onLost,
    signal: new AbortController().signal,
  });

useFakeConference((fakes) => {
  ({ server } = fakes);
  onLost.mockClear();
});

it('promises a keep-alive every 15 seconds and sends one every 10', async () => {
  const endpoint = await register();
  expect(server.callsOf('registerUserEndpoint')).toMatchObject([{ keepAliveSeconds: 15 }]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.callsOf('keepAliveUserEndpoint')).toEqual(
    Array.from({ length: 6 }, () => ({ userEndpointId: endpoint.id })),
  );
  endpoint.stop();
  expect(vi.getTimerCount()).toBe(0);
});

it('retries soon after a failure, within the promised interval', async () => {
  await register();
  server.intercept = ({ operation }) => {
    server.intercept = () => {};
    throw broken(operation);
  };
  await vi.advanceTimersByTimeAsync(12_500);
  expect(server.callsOf('keepAliveUserEndpoint')).toHaveLength(2);
  expect(onLost).not.toHaveBeenCalled();
});

it('retries no sooner than the server asks it to', async () => {
  await register();
  server.intercept = ({ operation }) => {
    server.intercept = () => {};
    throw new TooManyRequestsError({ operation, status: 429, retryAfterMs: 6_000 });
  };
  await vi.advanceTimersByTimeAsync(15_999);
  expect(server.callsOf('keepAliveUserEndpoint')).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(server.callsOf('keepAliveUserEndpoint')).toHaveLength(2);
});

it('reports that the server no longer knows it, and sends nothing more', async () => {
  await register();
  server.endpoints.clear();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(onLost).toHaveBeenCalledOnce();
  expect(onLost.mock.calls[0]?.[0]).toBeInstanceOf(NotFoundError);
  expect(vi.getTimerCount()).toBe(0);
});
