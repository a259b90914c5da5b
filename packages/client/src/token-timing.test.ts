import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aToken } from './testing/a-token.ts';
import { tokenCache } from './token-cache.ts';

const hour = 3_600_000;
const startMs = Date.parse('2026-01-05T10:00:00Z');

const source = vi.fn<() => string | Promise<string>>();
const onToken = vi.fn<NonNullable<Parameters<typeof tokenCache>[1]>>();
const onRenewalFailed = vi.fn<(error: unknown) => void>();
let token: ReturnType<typeof tokenCache>;

beforeEach(async () => {
  vi.useFakeTimers({ now: startMs });
  for (const mock of [source, onToken, onRenewalFailed]) mock.mockReset();
  token = tokenCache(source, onToken, onRenewalFailed);
});

afterEach(() => {
  vi.useRealTimers();
});

/** Fetches a first token, and then has a second one ready. */
async function fetchFirst(first: string): Promise<void> {
  source.mockReturnValueOnce(first).mockReturnValue('second');
  expect(await token()).toBe(first);
}

/** How often the source was called when a token is needed that long after the first. */
function callsAfter(ms: number): number {
  vi.setSystemTime(startMs + ms);
  void token();
  return source.mock.calls.length;
}

describe('a token is renewed', () => {
  it.each([
    ['40 s before it expires', hour, hour - 40_000],
    ['in the last fifth of a short lifetime', 100_000, 80_000],
    ['in the last fifth of 3 s if it looks expired from the start', -hour, 2_400],
  ])('%s, while requests still use it', async (_when, lifetimeMs, renewAtMs) => {
    const first = aToken(lifetimeMs);
    await fetchFirst(first);
    expect(callsAfter(renewAtMs - 1)).toBe(1);
    expect(callsAfter(renewAtMs)).toBe(2);
    expect(token()).toBe(first);
    await vi.advanceTimersByTimeAsync(0);
    expect(token()).toBe('second');
    expect(callsAfter(renewAtMs)).toBe(2);
  });

  it('before its next use once it has expired', async () => {
    const first = aToken(hour);
    await fetchFirst(first);
    vi.setSystemTime(startMs + hour - 1);
    expect(token()).toBe(first);
    await vi.advanceTimersByTimeAsync(0);
    token = tokenCache(source, onToken, onRenewalFailed);
    source.mockReset().mockReturnValueOnce(aToken(hour));
    await token();
    source.mockReturnValue('second');
    vi.setSystemTime(Date.now() + hour);
    const next = token();
    expect(next).toBeInstanceOf(Promise);
    expect(await next).toBe('second');
  });

  it('never if it says nothing about its end', async () => {
    await fetchFirst('opaque');
    expect(callsAfter(1_000 * hour)).toBe(1);
    expect(token()).toBe('opaque');
  });

  it('ever less often while the server rejects each new one, and immediately again once one was accepted', async () => {
    source.mockImplementation(() => `token-${source.mock.calls.length}`);
    let current = await token();
    const callsWithin = async (ms: number) => {
      const before = source.mock.calls.length;
      for (let passed = 0; passed < ms; passed += 500) {
        current = await token(current);
        await vi.advanceTimersByTimeAsync(500);
      }
      return source.mock.calls.length - before;
    };
    // After 0, 0.5, 1, 2, 4, 8 and 16 s, and every 15 s from then on.
    expect(await callsWithin(60_000)).toBe(9);
    await vi.advanceTimersByTimeAsync(hour);
    expect(await token(current)).not.toBe(current);
  });

  it('when the server rejects it, but not when it rejects an older one', async () => {
    const first = aToken(hour);
    await fetchFirst(first);
    expect(await token(first)).toBe('second');
    expect(source).toHaveBeenCalledTimes(2);
    expect(token('older')).toBe('second');
    expect(source).toHaveBeenCalledTimes(2);
  });

  it('again after a renewal failed, which is reported and harms no request', async () => {
    const first = aToken(hour);
    await fetchFirst(first);
    source.mockRejectedValueOnce(new Error('down'));
    expect(callsAfter(hour - 30_000)).toBe(2);
    await vi.advanceTimersByTimeAsync(0);
    expect(onRenewalFailed.mock.calls).toMatchObject([[{ code: 'ERR_TOKEN' }]]);
    expect(token()).toBe(first);
    expect(source).toHaveBeenCalledTimes(3);
  });
});

describe('the lifetime of a token', () => {
  it.each([
    ['that was just issued', 0, hour],
    ['that the app has had for half of its life', -hour / 2, hour / 2],
    ['that a device whose clock is late takes for one of the future', 1_000, hour],
    ['that a device whose clock is early takes for an expired one', -2 * hour, hour],
    ['that expires at this moment', -hour, hour],
  ])('%s', async (_what, issuedInMs, lifetimeMs) => {
    await fetchFirst(aToken(hour, startMs + issuedInMs));
    expect(callsAfter(lifetimeMs - 40_001)).toBe(1);
    expect(callsAfter(lifetimeMs - 40_000)).toBe(2);
  });
});

it('reports how long fetching took, and nothing of the kind for a fixed token', async () => {
  source.mockImplementationOnce(async () => {
    await new Promise((resolve) => setTimeout(resolve, 200));
    return 'slow';
  });
  const first = token();
  await vi.advanceTimersByTimeAsync(200);
  expect(await first).toBe('slow');
  expect(onToken.mock.calls).toEqual([[{ claims: {}, tookMs: 200 }]]);
  onToken.mockReset();
  const fixed = tokenCache('fixed', onToken);
  expect([fixed(), fixed('fixed')]).toEqual(['fixed', 'fixed']);
  expect(onToken.mock.calls).toEqual([[{ claims: {}, tookMs: 0 }]]);
});

it.each(['', 'two words', 'a\nb', undefined, 7, {}])(
  'refuses %j instead of a token or a function',
  (given) => {
    expect(() => tokenCache(given as string)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_OPTIONS' }),
    );
  },
);

it('a token error says whether the function returned anything', async () => {
  source.mockReturnValueOnce('').mockReturnValueOnce('two words');
  await expect(token()).rejects.toThrow('no token');
  await expect(token()).rejects.toThrow('something that is not a token');
});
