import { NotFoundError } from '@parley-rtc/client';
import { beforeEach, expect, it, vi } from 'vitest';
import type { FakePage } from '../../../testing/src/browser/fake-page.ts';
import { broken, forbidden } from '../../../testing/src/server/fake-server.ts';
import { Deferred } from '../testing/deferred.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import { createLinkRenewal, type LinkRenewal } from './link-renewal.ts';

let page: FakePage;
let closing: AbortController;
let isInside: boolean;
let renewal: LinkRenewal;
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
  renewal = createLinkRenewal({
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

it('fails after 30 seconds without success', async () => {
  renewal.renew('reopen');
  await vi.advanceTimersByTimeAsync(29_000);
  expect(heard).toEqual([]);
  await vi.advanceTimersByTimeAsync(7_000);
  expect(heard).toEqual(['failed']);
  expect(vi.getTimerCount()).toBe(0);
});

it('does not count time without a network, and retries as soon as there is one', async () => {
  renewal.renew('reopen');
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

it('does not count an attempt during which the network was lost', async () => {
  negotiate.mockImplementationOnce(async () => {
    page.setOnline(false);
    await new Promise((resolve) => setTimeout(resolve, 15_000));
    throw broken('publishStream');
  });
  renewal.renew('reopen');
  await vi.advanceTimersByTimeAsync(60_000);
  page.setOnline(true);
  await vi.advanceTimersByTimeAsync(25_000);
  expect(heard).toEqual([]);
});

it('leaves nothing behind when the link closes during a pause', async () => {
  renewal.renew('reopen');
  await settle();
  expect(vi.getTimerCount()).toBe(1);
  closing.abort();
  await settle();
  expect(vi.getTimerCount()).toBe(0);
  expect(negotiate).toHaveBeenCalledOnce();
});

it('leaves nothing behind when the link closes while there is no network', async () => {
  page.setOnline(false);
  renewal.renew('reopen');
  await settle();
  closing.abort();
  await settle();
  expect(page.listenerCount).toBe(0);
  expect(negotiate).not.toHaveBeenCalled();
  expect(heard).toEqual([]);
});

it('never fails while the server does not count us as present', async () => {
  renewal.renew('reopen');
  isInside = false;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(heard).toEqual([]);
});

it('reopens what the server has lost instead of restarting it, and fails when the server refuses', async () => {
  negotiate.mockRejectedValueOnce(new NotFoundError({ operation: 'publishStream', status: 404 }));
  negotiate.mockRejectedValueOnce(forbidden('publishStream'));
  renewal.renew('restart');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(negotiate.mock.calls).toEqual([['restart'], ['reopen']]);
  expect(heard).toEqual(['failed']);
});

it('negotiates once at a time, and serves the last request next', async () => {
  const first = new Deferred<void>();
  negotiate.mockReset().mockReturnValueOnce(first.promise).mockResolvedValue();
  renewal.renew('restart');
  await settle();
  renewal.renew('restart');
  renewal.renew('reopen');
  await settle();
  expect(negotiate.mock.calls).toEqual([['restart']]);
  first.resolve();
  await settle();
  expect(negotiate.mock.calls).toEqual([['restart'], ['reopen']]);
  expect(heard).toEqual(['restart', 'reopen']);
});

it('negotiates again when it is asked again later', async () => {
  negotiate.mockReset().mockResolvedValue();
  for (const purpose of ['restart', 'reopen', 'restart'] as const) {
    renewal.renew(purpose);
    await settle();
  }
  expect(heard).toEqual(['restart', 'reopen', 'restart']);
});

it('does nothing for a link that is closed', async () => {
  closing.abort();
  renewal.renew('reopen');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(negotiate).not.toHaveBeenCalled();
  expect(heard).toEqual([]);
});
