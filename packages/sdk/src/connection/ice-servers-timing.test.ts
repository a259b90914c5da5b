import { ForbiddenError, InvalidRequestError, NotFoundError } from '@parley-rtc/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { iceConfiguration, type IceConfigurationOptions } from './ice-configuration.ts';
import { isOfferRefused } from './is-offer-refused.ts';

const startMs = 1_800_000_000_000;
const read = vi.fn<IceConfigurationOptions['readIceServers']>();

/** A relay whose credentials expire that many seconds after the start. */
const relay = (seconds: number, name = `relay for ${seconds}`): RTCIceServer => ({
  urls: [`turn:${name}`],
  username: `${startMs / 1_000 + seconds}:ada`,
});

beforeEach(() => {
  vi.useFakeTimers({ now: startMs });
  read.mockReset();
});

afterEach(() => {
  vi.useRealTimers();
});

const configure = (iceServers: IceConfigurationOptions['iceServers']) =>
  iceConfiguration({ iceServers, readIceServers: read });

it('allows all paths unless the app restricts them', async () => {
  expect(await configure([])()).toEqual({ iceServers: [], iceTransportPolicy: 'all' });
  const iceTransportPolicy = 'relay';
  const options = { iceServers: [], readIceServers: read, iceTransportPolicy } as const;
  expect(await iceConfiguration(options)()).toMatchObject({ iceTransportPolicy });
});

it('waits three seconds for the first servers, and goes on without them', async () => {
  const onReady = vi.fn<(configuration: RTCConfiguration) => void>();
  const next = configure(new Promise(() => {}));
  void next().then(onReady);
  await vi.advanceTimersByTimeAsync(2_999);
  expect(onReady).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(onReady.mock.calls).toMatchObject([[{ iceServers: [] }]]);
  expect(read).not.toHaveBeenCalled();
});

it('reads the servers with the next negotiation when the first reading failed', async () => {
  const servers = [relay(600)];
  read.mockResolvedValue(servers);
  const next = configure(Promise.reject(new Error('down')));
  expect(await next()).toMatchObject({ iceServers: [] });
  expect(await next()).toMatchObject({ iceServers: servers });
  expect(read).toHaveBeenCalledOnce();
});

const readsAfter = async (servers: readonly RTCIceServer[], ms: number) => {
  const next = configure(servers);
  await next();
  read.mockClear().mockResolvedValue([]);
  vi.setSystemTime(startMs + ms);
  await next();
  return read.mock.calls.length;
};

describe('credentials are replaced', () => {
  it('after half of their lifetime, of which the shortest counts', async () => {
    const servers = [{ urls: 'stun:s' }, relay(600), relay(1_200)];
    expect(await readsAfter(servers, 299_999)).toBe(0);
    vi.setSystemTime(startMs);
    expect(await readsAfter(servers, 300_000)).toBe(1);
  });

  it.each([
    ['without a name', { urls: 'stun:s' }],
    ['with a name without a time', { urls: 'turn:t', username: 'ada' }],
    ['with a number that is not a time', { urls: 'turn:t', username: '12345678:ada' }],
    ['with a time that stands elsewhere', { urls: 'turn:t', username: 'ada:1800000600' }],
  ])('never for servers %s', async (_what, server) => {
    expect(await readsAfter([server], 1_000 * 3_600_000)).toBe(0);
  });
});

it.each([
  [new ForbiddenError({ operation: 'publishStream', status: 403 }), true],
  [new NotFoundError({ operation: 'publishStream', status: 404 }), true],
  [new InvalidRequestError({ operation: 'publishStream', status: 400 }), true],
  [
    new InvalidRequestError({ operation: 'publishStream', status: 400, serverError: 'already_exists' }),
    false,
  ],
  [new Error('network'), false],
])('%o refuses an offer: %s', (error, isRefused) => {
  expect(isOfferRefused(error)).toBe(isRefused);
});
