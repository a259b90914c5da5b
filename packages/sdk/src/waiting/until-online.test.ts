import { expect, it, vi } from 'vitest';
import type { FakePage } from '../../../testing/src/browser/fake-page.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import { isOffline, noteNetwork, untilOnline } from './until-online.ts';

let page: FakePage;
let abort: AbortController;
const onDone = vi.fn<() => void>();
const onOffline = vi.fn<() => void>();

useFakeConference((fakes) => {
  ({ page } = fakes);
  abort = new AbortController();
  noteNetwork(false);
  onDone.mockReset();
  onOffline.mockReset();
});

const begin = async (tryAfterMs?: number) => {
  void untilOnline(abort.signal, { onOffline, ...(tryAfterMs !== undefined && { tryAfterMs }) }).then(onDone);
  await vi.advanceTimersByTimeAsync(0);
};

/** Whether waiting is over, and left neither a listener nor a timer. */
function expectDone(): void {
  expect(onDone).toHaveBeenCalledOnce();
  expect(page.listenerCount).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
}

it('does not wait with a network, outside a browser, or when it is aborted already', async () => {
  await begin();
  expect(onOffline).not.toHaveBeenCalled();
  expectDone();
  vi.stubGlobal('navigator', undefined);
  expect(isOffline()).toBe(false);
  vi.stubGlobal('navigator', page.navigator);
  page.setOnline(false);
  abort.abort();
  await begin();
  expect(onDone).toHaveBeenCalledTimes(2);
  expect(page.listenerCount).toBe(0);
});

it('waits until the network is back, and says so first', async () => {
  page.setOnline(false);
  await begin();
  expect(onOffline).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(onDone).not.toHaveBeenCalled();
  page.setOnline(true);
  await vi.advanceTimersByTimeAsync(0);
  expectDone();
});

it('waits until it is aborted', async () => {
  page.setOnline(false);
  await begin(10_000);
  await vi.advanceTimersByTimeAsync(5_000);
  abort.abort();
  await vi.advanceTimersByTimeAsync(0);
  expectDone();
});

it('waits no longer than its caller wants', async () => {
  page.setOnline(false);
  await begin(10_000);
  await vi.advanceTimersByTimeAsync(9_999);
  expect(onDone).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expectDone();
});

it('ends when the server answers although the browser says that it is offline', async () => {
  page.setOnline(false);
  await begin();
  noteNetwork(false);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(onDone).not.toHaveBeenCalled();
  noteNetwork(true);
  await vi.advanceTimersByTimeAsync(0);
  expectDone();
  expect(isOffline()).toBe(false);
});

it('believes the browser again once it was online, or once the server no longer answers', () => {
  page.setOnline(false);
  expect(isOffline()).toBe(true);
  noteNetwork(true);
  expect(isOffline()).toBe(false);
  noteNetwork(false);
  expect(isOffline()).toBe(true);
  noteNetwork(true);
  page.navigator.onLine = true;
  expect(isOffline()).toBe(false);
  page.navigator.onLine = false;
  expect(isOffline()).toBe(true);
});
