import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createRtcApi, type RtcApiOptions } from './create-rtc-api.ts';
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

/** Lets the clock, and nothing else, jump ahead. */
function passTime(byMs: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + byMs });
  onTestFinished(() => {
    vi.useRealTimers();
  });
}

const sentTokens = () => server.requests.map(({ headers }) => headers.authorization?.replace('Bearer ', ''));

describe('a token function', () => {
  it('is called when the first request needs it, and not again while its token serves', async () => {
    const token = vi.fn<() => string>(() => aToken(hour));
    const api = anApi({ token });
    expect(token).not.toHaveBeenCalled();
    await api.getActive();
    passTime(hour - 60_000);
    await api.getActive();
    expect(token).toHaveBeenCalledOnce();
    expect(new Set(sentTokens()).size).toBe(1);
  });

  it('is shared by requests that need it at the same time', async () => {
    const gate = aGate();
    const token = vi.fn<() => Promise<string>>(() => gate.promise);
    const api = anApi({ token });
    const calls = [api.getActive(), api.getActive(), api.getActive()];
    gate.resolve('one');
    await Promise.all(calls);
    expect(token).toHaveBeenCalledOnce();
    expect(sentTokens()).toEqual(['one', 'one', 'one']);
  });

  it('is called ahead of expiry, while the present token still serves', async () => {
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

  it('may fail ahead of expiry without harm, and is waited for once the token is over', async () => {
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

  it('is called once per three seconds at most by a clock that takes every token for expired', async () => {
    const token = vi.fn<() => string>(() => aToken(-hour));
    const api = anApi({ token });
    await api.getActive();
    await api.getActive();
    expect(token).toHaveBeenCalledOnce();
    passTime(3_000);
    await api.getActive();
    expect(token).toHaveBeenCalledTimes(2);
  });

  it('is called once more on 401, and the request is sent again with what it returns', async () => {
    const token = vi.fn<() => string>().mockReturnValueOnce('stale').mockReturnValue('fresh');
    server.reply({ status: 401, body: '' }, { body: '{"id":"c-1"}' });
    const api = anApi({ token });
    expect(await api.create({ metadata: { a: 'b' } })).toEqual({ id: 'c-1' });
    expect(sentTokens()).toEqual(['stale', 'fresh']);
    expect(server.requests.map(({ body }) => body)).toEqual([
      '{"metadata":{"a":"b"}}',
      '{"metadata":{"a":"b"}}',
    ]);
  });

  it('is called once for all requests that were refused together', async () => {
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

  it('gives up after a second 401', async () => {
    let count = 0;
    const api = anApi({ token: () => `t${++count}` });
    server.reply({ status: 401, body: '' });
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
    ['returns an empty text', () => '', false],
  ])('that %s is a token error', async (_what, token, retryable) => {
    const error = await rejection(anApi({ token: token as () => string }).getActive());
    expect(error).toMatchObject({ name: 'TokenError', code: 'ERR_TOKEN', retryable });
    expect(server.requests).toEqual([]);
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

it('does not repeat a 401 for a token that cannot change', async () => {
  server.reply({ status: 401, body: '' });
  expect(await rejection(anApi().getActive())).toMatchObject({ code: 'ERR_UNAUTHORIZED' });
  expect(server.requests).toHaveLength(1);
});

describe('what a token says', () => {
  it('is told before each new token is used, with how long it took', async () => {
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

  it('is told at once of a fixed one, and is nothing of one that is no JWT', () => {
    const onToken = vi.fn<NonNullable<RtcApiOptions['onToken']>>();
    anApi({ token: 'secret-1', onToken });
    expect(onToken).toHaveBeenCalledExactlyOnceWith({ claims: {}, tookMs: 0 });
  });
});
