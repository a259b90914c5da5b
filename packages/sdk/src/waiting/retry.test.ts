import { TokenError, TooManyRequestsError } from '@parley-rtc/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FakePage } from '../../../testing/src/browser/fake-page.ts';
import { broken, forbidden } from '../../../testing/src/server/fake-server.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import { backoffMs } from './backoff.ts';
import { retry } from './retry.ts';

let page: FakePage;
let stopping: AbortController;
const attempt = vi.fn<() => Promise<string>>();
const failure = broken('join');

useFakeConference((fakes) => {
  ({ page } = fakes);
});

beforeEach(() => {
  stopping = new AbortController();
  attempt.mockReset().mockRejectedValue(failure);
});

afterEach(() => {
  vi.restoreAllMocks();
});

const slowPauseMs = (failure: number) => backoffMs(failure, 2_000, 3_000);
const busy = (retryAfterMs: number) =>
  new TooManyRequestsError({ operation: 'join', status: 429, retryAfterMs });
const sleep = () => vi.setSystemTime(Date.now() + 600_000);
const begin = () => retry(attempt, { signal: stopping.signal, budgetMs: 10_000 });

it('resolves with the result of the first try that succeeds', async () => {
  attempt.mockRejectedValueOnce(failure).mockResolvedValueOnce('joined');
  const result = begin();
  await vi.advanceTimersByTimeAsync(300);
  expect(await result).toBe('joined');
  expect(attempt).toHaveBeenCalledTimes(2);
  expect(vi.getTimerCount()).toBe(0);
});

it('rejects with the error of the last try when the budget is spent', async () => {
  // The longest pauses: tries after 0, 0.3, 0.9, 2.1, 4.5, 9.3 and 14.3 seconds.
  vi.spyOn(Math, 'random').mockReturnValue(1);
  const rejection = rejectionOf(begin());
  await vi.advanceTimersByTimeAsync(14_299);
  expect(attempt).toHaveBeenCalledTimes(6);
  await vi.advanceTimersByTimeAsync(1);
  expect(await rejection).toBe(failure);
  expect(attempt).toHaveBeenCalledTimes(7);
  expect(vi.getTimerCount()).toBe(0);
});

it.each([
  [9_999, 2],
  [10_000, 1],
])('spends the time of a try, here %d of 10,000 ms, on the budget', async (tookMs, tries) => {
  attempt.mockImplementationOnce(async () => {
    await new Promise((resolve) => setTimeout(resolve, tookMs));
    throw failure;
  });
  const rejection = rejectionOf(begin());
  await vi.advanceTimersByTimeAsync(20_000);
  expect(await rejection).toBe(failure);
  expect(attempt).toHaveBeenCalledTimes(tries);
});

it('rejects with a final error without another try', async () => {
  const refusal = forbidden('join');
  attempt.mockRejectedValue(refusal);
  expect(await rejectionOf(begin())).toBe(refusal);
  expect(attempt).toHaveBeenCalledOnce();
});

it('does not count the time for which the machine slept, during a pause or a try', async () => {
  const result = retry(attempt, { signal: stopping.signal, budgetMs: 60_000 });
  await settle();
  sleep();
  attempt.mockImplementationOnce(async () => {
    sleep();
    throw failure;
  });
  await vi.advanceTimersByTimeAsync(1_000);
  attempt.mockResolvedValue('joined');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await result).toBe('joined');
});

it('asks its caller which errors are final', async () => {
  const options = { signal: stopping.signal, budgetMs: 10_000, isFinal: () => true };
  expect(await rejectionOf(retry(attempt, options))).toBe(failure);
  expect(attempt).toHaveBeenCalledOnce();
});

it('pauses for as long as its caller specifies', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  void rejectionOf(retry(attempt, { signal: stopping.signal, budgetMs: 10_000, pauseMs: slowPauseMs }));
  const triesAfter = async (ms: number) => {
    await vi.advanceTimersByTimeAsync(ms);
    return attempt.mock.calls.length;
  };
  expect([await triesAfter(999), await triesAfter(1)]).toEqual([1, 2]);
  expect([await triesAfter(1_499), await triesAfter(1)]).toEqual([2, 3]);
});

it('waits for as long as the server asks, but no longer than a minute', async () => {
  attempt
    .mockRejectedValueOnce(busy(8_000))
    .mockRejectedValueOnce(new TokenError('The `token` function failed.', { cause: busy(86_400_000) }));
  const ending = rejectionOf(
    retry(attempt, { signal: stopping.signal, budgetMs: 100_000, isFinal: (error) => error === failure }),
  );
  const triesAfter = async (ms: number) => {
    await vi.advanceTimersByTimeAsync(ms);
    return attempt.mock.calls.length;
  };
  expect([await triesAfter(7_999), await triesAfter(1)]).toEqual([1, 2]);
  expect([await triesAfter(59_999), await triesAfter(1)]).toEqual([2, 3]);
  expect(await ending).toBe(failure);
});

it('does not count the time that the machine sleeps', async () => {
  attempt.mockImplementationOnce(async () => {
    vi.setSystemTime(Date.now() + 3_600_000);
    throw failure;
  });
  attempt.mockResolvedValueOnce('joined');
  const result = retry(attempt, { signal: stopping.signal, budgetMs: 30_000 });
  await vi.advanceTimersByTimeAsync(300);
  expect(await result).toBe('joined');
});

describe('without a network', () => {
  it('makes no try, spends no budget, and tries as soon as the network is back', async () => {
    page.setOnline(false);
    const result = begin();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(attempt).not.toHaveBeenCalled();
    attempt.mockRejectedValueOnce(failure).mockResolvedValue('joined');
    page.setOnline(true);
    await settle();
    expect(attempt).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(300);
    expect(await result).toBe('joined');
    expect(page.listenerCount).toBe(0);
  });

  it('does not count a try during which the network failed', async () => {
    attempt.mockImplementationOnce(async () => {
      await new Promise((resolve) => setTimeout(resolve, 15_000));
      page.setOnline(false);
      throw failure;
    });
    attempt.mockRejectedValueOnce(failure).mockResolvedValue('joined');
    const result = begin();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(attempt).toHaveBeenCalledOnce();
    page.setOnline(true);
    await vi.advanceTimersByTimeAsync(300);
    expect(await result).toBe('joined');
    expect(attempt).toHaveBeenCalledTimes(3);
  });
});

describe('when its signal aborts', () => {
  it('ends the pause and makes no further try', async () => {
    const reason = new Error('closed');
    const rejection = rejectionOf(begin());
    await settle();
    stopping.abort(reason);
    expect(await rejection).toBe(reason);
    expect(attempt).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('stops waiting for the network', async () => {
    page.setOnline(false);
    const rejection = rejectionOf(begin());
    stopping.abort();
    await rejection;
    expect(attempt).not.toHaveBeenCalled();
    expect(page.listenerCount).toBe(0);
  });
});
