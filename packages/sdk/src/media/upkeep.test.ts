import { NotFoundError } from '@parley-rtc/client';
import { beforeEach, expect, test, vi } from 'vitest';
import type { FakePage } from '../testing/fake-browser.ts';
import { broken, forbidden } from '../testing/fake-server.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import { upkeepOf, type Upkeep } from './upkeep.ts';

let page: FakePage;
let closing: AbortController;
let isInside: boolean;
let upkeep: Upkeep;
const negotiate = vi.fn<(purpose: 'restart' | 'reopen') => Promise<void>>();
const heard: string[] = [];

useFakeConference((fakes) => {
  ({ page } = fakes);
});

beforeEach(() => {
  negotiate.mockReset().mockRejectedValue(broken('publishStream'));
  heard.length = 0;
  isInside = true;
  closing = new AbortController();
  upkeep = upkeepOf({
    link: {
      check: () => {},
      negotiate,
      get isClosed() {
        return closing.signal.aborted;
      },
      closing: closing.signal,
    },
    isInside: () => isInside,
    onRenewed: (purpose) => void heard.push(purpose),
    onFailed: () => void heard.push('failed'),
  });
});

test('what cannot be renewed is given up after 30 seconds', async () => {
  upkeep.renew('reopen');
  await vi.advanceTimersByTimeAsync(29_000);
  expect(heard).toEqual([]);
  await vi.advanceTimersByTimeAsync(7_000);
  expect(heard).toEqual(['failed']);
  expect(vi.getTimerCount()).toBe(0);
});

test('time without a network does not count, and once there is one it goes on at once', async () => {
  upkeep.renew('reopen');
  await vi.advanceTimersByTimeAsync(10_000);
  page.setOnline(false);
  await vi.advanceTimersByTimeAsync(5_000);
  const attempts = negotiate.mock.calls.length;
  await vi.advanceTimersByTimeAsync(600_000);
  expect(negotiate.mock.calls).toHaveLength(attempts);
  expect(heard).toEqual([]);
  page.setOnline(true);
  await settle();
  expect(negotiate.mock.calls).toHaveLength(attempts + 1);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(heard).toEqual([]);
  negotiate.mockResolvedValue();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(heard).toEqual(['reopen']);
  expect(page.listenerCount).toBe(0);
});

test('an attempt that the network left alone counts only as long as there was one', async () => {
  negotiate.mockImplementationOnce(async () => {
    page.setOnline(false);
    await new Promise((resolve) => setTimeout(resolve, 15_000));
    throw broken('publishStream');
  });
  upkeep.renew('reopen');
  await vi.advanceTimersByTimeAsync(60_000);
  page.setOnline(true);
  await vi.advanceTimersByTimeAsync(25_000);
  expect(heard).toEqual([]);
});

test('a link that is closed meanwhile leaves nothing behind', async () => {
  upkeep.renew('reopen');
  await settle();
  expect(vi.getTimerCount()).toBe(1);
  closing.abort();
  await settle();
  expect(vi.getTimerCount()).toBe(0);
  expect(negotiate).toHaveBeenCalledOnce();
});

test('a link that is closed without a network leaves nothing behind', async () => {
  page.setOnline(false);
  upkeep.renew('reopen');
  await settle();
  closing.abort();
  await settle();
  expect(page.listenerCount).toBe(0);
  expect(negotiate).not.toHaveBeenCalled();
  expect(heard).toEqual([]);
});

test('nothing is given up while the server does not count us as present', async () => {
  upkeep.renew('reopen');
  isInside = false;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(heard).toEqual([]);
});

test('a path to something that the server has lost becomes a reopening, and a refusal is the end', async () => {
  negotiate.mockRejectedValueOnce(new NotFoundError({ operation: 'publishStream', status: 404 }));
  negotiate.mockRejectedValueOnce(forbidden('publishStream'));
  upkeep.renew('restart');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(negotiate.mock.calls).toEqual([['restart'], ['reopen']]);
  expect(heard).toEqual(['failed']);
});
