import { ForbiddenError, NotFoundError, type RtcApi } from '@parley-rtc/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { broken } from '../../../testing/src/server/fake-server.ts';
import { Deferred } from '../testing/deferred.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { settle } from '../testing/settle.ts';
import { registerUserEndpoint, type UserEndpointOptions } from './user-endpoint.ts';

const api = {
  registerUserEndpoint: vi.fn<RtcApi['registerUserEndpoint']>(),
  keepAliveUserEndpoint: vi.fn<RtcApi['keepAliveUserEndpoint']>(),
  unregisterUserEndpoint: vi.fn<RtcApi['unregisterUserEndpoint']>(),
};
const release = vi.fn<() => void>();
const claim = vi.fn<(id: string) => Promise<() => void>>(async () => release);
let abort: AbortController;

beforeEach(() => {
  vi.useFakeTimers();
  abort = new AbortController();
  api.registerUserEndpoint.mockReset().mockResolvedValue('assigned');
  api.keepAliveUserEndpoint.mockReset().mockResolvedValue();
  api.unregisterUserEndpoint.mockReset().mockResolvedValue();
  release.mockReset();
  claim.mockClear();
});

afterEach(() => {
  vi.useRealTimers();
});

const register = (preferredId?: string, more: Partial<UserEndpointOptions> = {}) =>
  registerUserEndpoint({ api, preferredId, claim, onLost: () => {}, signal: abort.signal, ...more });

const withdrawn = () => api.unregisterUserEndpoint.mock.calls.map(([{ userEndpointId }]) => userEndpointId);
const notFound = new NotFoundError({ operation: 'registerUserEndpoint', status: 404 });

it('asks the server for an id, or for the preferred one, which it claims first', async () => {
  expect(await register()).toMatchObject({ id: 'assigned', isRegistered: true });
  expect(claim).not.toHaveBeenCalled();
  await register('seat');
  expect(claim.mock.calls).toEqual([['seat']]);
  expect(api.registerUserEndpoint.mock.calls).toEqual([
    [{ keepAliveSeconds: 15, serverKeepAliveReminderOn: false }],
    [{ keepAliveSeconds: 15, serverKeepAliveReminderOn: false, userEndpointId: 'seat' }],
  ]);
});

it('chooses the id itself where the server has no registration, and neither keeps it alive nor unregisters it', async () => {
  api.registerUserEndpoint.mockRejectedValue(notFound);
  const [chosen, preferred] = [await register(), await register('seat')];
  expect(chosen).toMatchObject({ isRegistered: false, id: expect.stringMatching(/.{8}/) as string });
  expect(preferred).toMatchObject({ isRegistered: false, id: 'seat' });
  await vi.advanceTimersByTimeAsync(60_000);
  await chosen.unregister({});
  expect(api.keepAliveUserEndpoint).not.toHaveBeenCalled();
  expect(api.unregisterUserEndpoint).not.toHaveBeenCalled();
});

it('unregisters as a logout, with the options of the caller, and sends no sign of life afterwards', async () => {
  const endpoint = await register();
  await endpoint.unregister({ keepalive: true, timeoutMs: 5 });
  expect(api.unregisterUserEndpoint.mock.calls).toEqual([
    [
      { userEndpointId: 'assigned', reason: 'User logout' },
      { keepalive: true, timeoutMs: 5 },
    ],
  ]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(api.keepAliveUserEndpoint).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});

describe('the claim of a preferred id', () => {
  it('is released once the endpoint stops', async () => {
    const endpoint = await register('seat');
    expect(release).not.toHaveBeenCalled();
    endpoint.stop();
    expect(release).toHaveBeenCalledOnce();
  });

  it('is released when registering fails', async () => {
    const refused = new ForbiddenError({ operation: 'registerUserEndpoint', status: 403 });
    api.registerUserEndpoint.mockRejectedValue(refused);
    await expect(register('seat')).rejects.toBe(refused);
    expect(release).toHaveBeenCalledOnce();
    expect(withdrawn()).toEqual([]);
  });
});

describe('a registration that fails or is aborted', () => {
  it('is withdrawn if its answer was lost and its id is known', async () => {
    api.registerUserEndpoint.mockRejectedValue(broken('registerUserEndpoint'));
    await expect(register('seat')).rejects.toMatchObject({ code: 'ERR_CONNECTION' });
    await expect(register()).rejects.toMatchObject({ code: 'ERR_CONNECTION' });
    expect(withdrawn()).toEqual(['seat']);
  });

  it('sends nothing if it was aborted before', async () => {
    abort.abort();
    await expect(register('seat')).rejects.toThrow('abort');
    expect(api.registerUserEndpoint).not.toHaveBeenCalled();
    expect(withdrawn()).toEqual([]);
  });

  it.each([
    ['a preferred id', 'seat', ['seat'], ['seat', 'assigned']],
    ['an assigned id', undefined, [], ['assigned']],
  ])('withdraws %s as soon as it is known', async (_which, preferredId, immediately, later) => {
    const answer = new Deferred<string>();
    api.registerUserEndpoint.mockReturnValue(answer.promise);
    const failure = rejectionOf(register(preferredId));
    await settle();
    abort.abort();
    expect(withdrawn()).toEqual(immediately);
    expect(api.unregisterUserEndpoint.mock.calls.every(([, options]) => options?.keepalive)).toBe(true);
    answer.resolve('assigned');
    expect(await failure).toMatchObject({ name: 'AbortError' });
    expect(withdrawn()).toEqual(later);
  });

  it('is withdrawn once if it fails after the abort', async () => {
    const answer = new Deferred<string>();
    api.registerUserEndpoint.mockReturnValue(answer.promise.then(() => Promise.reject(broken('register'))));
    const failure = rejectionOf(register('seat'));
    await settle();
    abort.abort();
    answer.resolve('assigned');
    await failure;
    expect(withdrawn()).toEqual(['seat']);
  });

  it('is not withdrawn by an abort after it succeeded, which ends no keep-alive either', async () => {
    await register('seat');
    abort.abort();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(withdrawn()).toEqual([]);
    expect(api.keepAliveUserEndpoint).toHaveBeenCalledOnce();
  });
});

it('logs that a keep-alive failed, and when it tries again', async () => {
  const log = vi.fn<NonNullable<UserEndpointOptions['log']>>();
  const error = broken('keepAliveUserEndpoint');
  api.keepAliveUserEndpoint.mockRejectedValueOnce(error);
  const endpoint = await register(undefined, { log });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(log.mock.calls).toEqual([['warn', 'keep-alive failed', { retryInMs: 2_500 }, error]]);
  await vi.advanceTimersByTimeAsync(2_499);
  expect(api.keepAliveUserEndpoint).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(1);
  expect(api.keepAliveUserEndpoint).toHaveBeenCalledTimes(2);
  endpoint.stop();
});
