import { NotFoundError } from '@parley-rtc/client';
import type { ViewedVideo } from '@parley-rtc/contract';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Deferred } from '../testing/deferred.ts';
import { broken } from '../testing/fake-server.ts';
import { WishSender } from './wish-sender.ts';

const send = vi.fn<(wish: ViewedVideo) => Promise<void>>();

beforeEach(() => {
  vi.useFakeTimers();
  send.mockReset().mockResolvedValue();
});
afterEach(() => {
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(0);
const sent = () => send.mock.calls.map(([wish]) => wish);

test('sends one wish at a time, and of those that came meanwhile the last', async () => {
  const gate = new Deferred<void>();
  send.mockReturnValueOnce(gate.promise);
  const sender = new WishSender(send, {});
  for (const maxHeightPx of [90, 180, 360]) sender.want({ maxHeightPx });
  expect(sent()).toEqual([{ maxHeightPx: 90 }]);
  gate.resolve();
  await settle();
  expect(sent()).toEqual([{ maxHeightPx: 90 }, { maxHeightPx: 360 }]);
});

test('asks for nothing that the server knows already', async () => {
  const sender = new WishSender(send, { maxHeightPx: 90 });
  sender.want({ maxHeightPx: 90, isPaused: false });
  await settle();
  expect(sent()).toEqual([]);
});

test('never asks a server again that does not know the call, and takes the video for flowing', async () => {
  send.mockRejectedValue(new NotFoundError({ operation: 'updateViewStream', status: 404 }));
  const sender = new WishSender(send, {});
  sender.want({ isPaused: true });
  await settle();
  sender.want({ maxHeightPx: 90 });
  await vi.runAllTimersAsync();
  expect(send).toHaveBeenCalledOnce();
  expect(sender.isFlowing).toBe(true);
});

test('tries again after a failure that may pass, with what is wanted by then', async () => {
  send.mockRejectedValueOnce(broken('updateViewStream'));
  const sender = new WishSender(send, { isPaused: true });
  sender.want({ maxHeightPx: 90 });
  await settle();
  expect(sender.isFlowing).toBe(false);
  sender.want({ maxHeightPx: 180 });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(sent()).toEqual([{ maxHeightPx: 90 }, { maxHeightPx: 180 }]);
  expect(sender.isFlowing).toBe(true);
});

test('sends nothing once it is closed, and leaves no timer', async () => {
  send.mockRejectedValueOnce(broken('updateViewStream'));
  const sender = new WishSender(send, {});
  sender.want({ isPaused: true });
  await settle();
  sender.close();
  await settle();
  expect(vi.getTimerCount()).toBe(0);
  expect(send).toHaveBeenCalledOnce();
});
