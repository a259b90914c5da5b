import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { RtcApiOptions } from './create-call-api.ts';
import { createRtcApi } from './create-rtc-api.ts';
import type { RtcApi } from './rtc-api.ts';
import { aGate } from './testing/a-gate.ts';
import { aToken } from './testing/a-token.ts';
import { startHttpTestServer, type HttpTestServer } from './testing/http-test-server.ts';
import { rejection } from './testing/rejection.ts';

let server: HttpTestServer;

beforeAll(async () => {
  server = await startHttpTestServer();
});
beforeEach(() => {
  server.requests.length = 0;
  server.reply({ body: '[]' });
});
afterAll(async () => server.close());

const hour = 3_600_000;

function anApi(options: Partial<RtcApiOptions> = {}): RtcApi {
  return createRtcApi({ server: server.url, token: 'secret-1', ...options });
}

/** Moves the clock ahead without running timers. */
function passTime(byMs: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + byMs });
  onTestFinished(() => {
    vi.useRealTimers();
  });
}

const sentTokens = () => server.requests.map(({ headers }) => headers.authorization?.replace('Bearer ', ''));

describe('a token function', () => {
  it('is called for the first request, and not again while its token is valid', async () => {
    const token = vi.fn<() => string>(() => aToken(hour));
    const api = anApi({ token });
    expect(token).not.toHaveBeenCalled();
    await api.getActive();
    passTime(hour - 60_000);
    await api.getActive();
    expect(token).toHaveBeenCalledOnce();
    expect(new Set(sentTokens()).size).toBe(1);
  });

  it('is called once for concurrent requests', async () => {
    const gate = aGate();
    const token = vi.fn<() => Promise<string>>(() => gate.promise);
    const api = anApi({ token });
    const calls = [api.getActive(), api.getActive(), api.getActive()];
    gate.resolve('one');
    await Promise.all(calls);
    expect(token).toHaveBeenCalledOnce();
    expect(sentTokens()).toEqual(['one', 'one', 'one']);
  });

  it('is called ahead of expiry, while requests still use the current token', async () => {
    const gate = aGate();
    const first = aToken(hour);
    const token = vi.fn<() => string | Promise<string>>(() => first);
    const api = anApi({ token });
    await api.getActive();

    token.mockReturnValue(gate.promise);
    passTime(hour - 30_000);
    await api.getActive();
    await api.getActive();
    expect(token).toHaveBeenCalledTimes(2);
    gate.resolve('second');
    await gate.promise;
    await vi.waitFor(async () => {
      await api.getActive();
      expect(sentTokens().at(-1)).toBe('second');
    });
    expect(sentTokens().slice(0, 3)).toEqual([first, first, first]);
    expect(token).toHaveBeenCalledTimes(2);
  });

  it('may fail ahead of expiry without harm, and is awaited once the token has expired', async () => {
    const first = aToken(hour);
    const token = vi.fn<() => string | Promise<string>>(() => first);
    const api = anApi({ token });
    await api.getActive();

    token.mockRejectedValue(new Error('down'));
    passTime(hour - 30_000);
    expect(await api.getActive()).toEqual([]);
    passTime(60_000);
    expect(await rejection(api.getActive())).toMatchObject({ code: 'ERR_TOKEN' });
    token.mockReturnValue('second');
    await api.getActive();
    expect(sentTokens()).toEqual([first, first, 'second']);
  });

  it('is called at most every three seconds when a wrong clock makes every token look expired', async () => {
    const token = vi.fn<() => string>(() => aToken(-hour));
    const api = anApi({ token });
    await api.getActive();
    await api.getActive();
    expect(token).toHaveBeenCalledOnce();
    passTime(3_000);
    await api.getActive();
    expect(token).toHaveBeenCalledTimes(2);
  });

  it('is called again on 401, and its token is used to repeat the request', async () => {
    const token = vi.fn<() => string>().mockReturnValueOnce('stale').mockReturnValue('fresh');
    server.reply({ status: 401, body: '{"error":"invalid_token"}' }, { body: '{"id":"c-1"}' });
    const api = anApi({ token });
    expect(await api.create({ metadata: { a: 'b' } })).toEqual({ id: 'c-1' });
    expect(sentTokens()).toEqual(['stale', 'fresh']);
    expect(server.requests.map(({ body }) => body)).toEqual([
      '{"metadata":{"a":"b"}}',
      '{"metadata":{"a":"b"}}',
    ]);
  });

  it('is called once for all requests that failed with 401 together', async () => {
    const token = vi.fn<() => string>().mockReturnValueOnce('stale').mockReturnValue('fresh');
    server.reply((response) => {
      response.writeHead(response.req.headers.authorization === 'Bearer fresh' ? 200 : 401).end('[]');
    });
    const api = anApi({ token });
    await Promise.all([api.getActive(), api.getActive()]);
    expect(token).toHaveBeenCalledTimes(2);
    expect(sentTokens().toSorted((a = '', b = '') => a.localeCompare(b))).toEqual([
      'fresh',
      'fresh',
      'stale',
      'stale',
    ]);
  });

  it('is not called again after a second 401', async () => {
    let count = 0;
    const api = anApi({ token: () => `t${++count}` });
    server.reply({ status: 401, body: '{"error":"invalid_token"}' });
    expect(await rejection(api.getActive())).toMatchObject({ code: 'ERR_UNAUTHORIZED' });
    expect(sentTokens()).toEqual(['t1', 't2']);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no network');
      },
      true,
    ],
    ['rejects', async () => Promise.reject(new Error('no network')), true],
    ['returns nothing', () => undefined, false],
    ['returns an empty string', () => '', false],
  ])('that %s causes a token error', async (_what, token, retryable) => {
    const error = await rejection(anApi({ token: token as () => string }).getActive());
    expect(error).toMatchObject({ name: 'TokenError', code: 'ERR_TOKEN', retryable });
    expect(server.requests).toEqual([]);
  });

  it.each([
    ['an HTML page', '<html>Sign in</html>'],
    ['text outside Latin-1', 'Αθήνα'],
    ['text with a line break', 'a\nb'],
    ['an object', { access_token: 'a' }],
  ])('that returns %s causes a token error, and nothing is sent', async (_what, token) => {
    const error = await rejection(anApi({ token: (() => token) as () => string }).getActive());
    expect(error).toMatchObject({ name: 'TokenError', code: 'ERR_TOKEN', retryable: false });
    expect(server.requests).toEqual([]);
  });

  it('that never settles fails after ten seconds, and the next request calls it again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const token = vi
      .fn<() => string | Promise<string>>()
      .mockReturnValueOnce(aGate().promise)
      .mockReturnValue('t2');
    const api = anApi({ token, timeoutMs: Infinity });
    const hanging = rejection(api.getActive());
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await hanging).toMatchObject({
      code: 'ERR_TOKEN',
      retryable: true,
      cause: { code: 'ERR_TIMEOUT' },
    });
    vi.useRealTimers();
    await api.getActive();
    expect(sentTokens()).toEqual(['t2']);
  });

  it.each([
    ['ahead', -24 * hour],
    ['behind', 24 * hour],
  ])('is called once per lifetime on a device whose clock is a day %s', async (_what, issuedInMs) => {
    const token = vi.fn<() => string>(() => aToken(hour, Date.now() + issuedInMs));
    const api = anApi({ token });
    await api.getActive();
    passTime(hour - 60_000);
    await api.getActive();
    expect(token).toHaveBeenCalledOnce();
    passTime(hour);
    await api.getActive();
    expect(token).toHaveBeenCalledTimes(2);
  });

  it('that returns a token which it has had for a while is called again before that expires', async () => {
    const token = vi.fn<() => string>(() => aToken(hour, Date.now() - hour / 2));
    const api = anApi({ token });
    await api.getActive();
    passTime(hour / 2 + 1);
    await api.getActive();
    expect(token).toHaveBeenCalledTimes(2);
  });

  it('that failed once is called again by the next request', async () => {
    const token = vi
      .fn<() => Promise<string>>()
      .mockRejectedValueOnce(new Error('down'))
      .mockResolvedValue('t2');
    const api = anApi({ token });
    await rejection(api.getActive());
    await api.getActive();
    expect(sentTokens()).toEqual(['t2']);
  });
});

it('does not retry a 401 with a fixed token', async () => {
  server.reply({ status: 401, body: '{"error":"invalid_token"}' });
  expect(await rejection(anApi().getActive())).toMatchObject({ code: 'ERR_UNAUTHORIZED' });
  expect(server.requests).toHaveLength(1);
});

describe('onToken', () => {
  it('reports each new token before its first use, with its fetch time', async () => {
    const tokens = [aToken(hour), aToken(2 * hour)];
    const onToken = vi.fn<NonNullable<RtcApiOptions['onToken']>>();
    const api = anApi({ token: () => tokens.shift() ?? '', onToken });
    await api.getActive();
    await api.getActive();
    passTime(2 * hour);
    await api.getActive();
    expect(onToken.mock.calls).toEqual([
      [{ claims: expect.objectContaining({ exp: expect.any(Number) }), tookMs: expect.any(Number) }],
      [{ claims: expect.objectContaining({ exp: expect.any(Number) }), tookMs: expect.any(Number) }],
    ]);
  });

  it('reports a fixed token synchronously, without claims if it is not a JWT', () => {
    const onToken = vi.fn<NonNullable<RtcApiOptions['onToken']>>();
    anApi({ token: 'secret-1', onToken });
    expect(onToken).toHaveBeenCalledExactlyOnceWith({ claims: {}, tookMs: 0 });
  });
});

it('a ticket that was passed as token gets a hint to redeem it', async () => {
  server.reply({ status: 401, body: '{"error":"invalid_token"}' });
  expect(await rejection(anApi({ token: 'ABC123' }).getActive())).toMatchObject({
    code: 'ERR_UNAUTHORIZED',
    hint: expect.stringContaining('ticketToken({ server, ticket })'),
  });
  expect(await rejection(anApi({ token: aToken(hour) }).getActive())).toMatchObject({
    hint: expect.not.stringContaining('ticketToken'),
  });
});
