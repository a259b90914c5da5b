import { InvalidRequestError, NotFoundError } from '@parley-rtc/client';
import type { ViewedVideo } from '@parley-rtc/contract';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { broken } from '../../../testing/src/server/fake-server.ts';
import { Deferred } from '../testing/deferred.ts';
import { ViewUpdateSender } from './view-update-sender.ts';

const send = vi.fn<(desired: ViewedVideo) => Promise<void>>();

beforeEach(() => {
  vi.useFakeTimers();
  send.mockReset().mockResolvedValue();
});
afterEach(() => {
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(0);
const sent = () => send.mock.calls.map(([desired]) => desired);

it('makes one call at a time, and sends only the last request made during a call', async () => {
  const gate = new Deferred<void>();
  send.mockReturnValueOnce(gate.promise);
  const sender = new ViewUpdateSender(send, {});
  for (const maxHeightPx of [90, 180, 360]) sender.request({ maxHeightPx });
  expect(sent()).toEqual([{ maxHeightPx: 90 }]);
  gate.resolve();
  await settle();
  expect(sent()).toEqual([{ maxHeightPx: 90 }, { maxHeightPx: 360 }]);
});

it('sends nothing that the server already knows', async () => {
  const sender = new ViewUpdateSender(send, { maxHeightPx: 90 });
  sender.request({ maxHeightPx: 90, isPaused: false });
  await settle();
  expect(sent()).toEqual([]);
});

it('pauses for a minute when the server does not know the call, and assumes that video flows', async () => {
  send.mockRejectedValue(new NotFoundError({ operation: 'updateViewStream', status: 404 }));
  const sender = new ViewUpdateSender(send, {});
  sender.request({ isPaused: true });
  await settle();
  sender.request({ maxHeightPx: 90 });
  await vi.runAllTimersAsync();
  expect(send).toHaveBeenCalledOnce();
  expect(sender.isFlowing).toBe(true);
  send.mockResolvedValue();
  await vi.advanceTimersByTimeAsync(60_000);
  sender.request({ maxHeightPx: 180 });
  await settle();
  expect(sent().slice(1)).toEqual([{ maxHeightPx: 180 }]);
});

it('sends again after a new offer, and only what that did not request', async () => {
  send.mockRejectedValueOnce(new NotFoundError({ operation: 'updateViewStream', status: 404 }));
  const sender = new ViewUpdateSender(send, {});
  sender.request({ isPaused: true });
  await settle();
  sender.onOffered({ isPaused: true });
  await settle();
  expect(send).toHaveBeenCalledOnce();
  sender.onOffered({});
  await settle();
  expect(sent()).toEqual([{ isPaused: true }, { isPaused: true }]);
});

it('asks again when a server that supports the call does not know it for a while', async () => {
  const sender = new ViewUpdateSender(send, {});
  sender.request({ isPaused: true });
  await settle();
  // Such as the answer of a proxy whose server restarts.
  send.mockRejectedValueOnce(new NotFoundError({ operation: 'updateViewStream', status: 404 }));
  sender.request({});
  await settle();
  expect(sender.isFlowing).toBe(false);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(sent()).toEqual([{ isPaused: true }, {}, {}]);
  expect(sender.isFlowing).toBe(true);
  sender.close();
});

it('sends the next request although the server refused the one before', async () => {
  send.mockRejectedValueOnce(new InvalidRequestError({ operation: 'updateViewStream', status: 400 }));
  const sender = new ViewUpdateSender(send, {});
  sender.request({ maxHeightPx: -1 });
  await settle();
  sender.request({ maxHeightPx: 360 });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sent().slice(1)).toEqual([{ maxHeightPx: 360 }]);
  sender.close();
});

it('retries after a temporary failure, with the latest request', async () => {
  send.mockRejectedValueOnce(broken('updateViewStream'));
  const sender = new ViewUpdateSender(send, { isPaused: true });
  sender.request({ maxHeightPx: 90 });
  await settle();
  expect(sender.isFlowing).toBe(false);
  sender.request({ maxHeightPx: 180 });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(sent()).toEqual([{ maxHeightPx: 90 }, { maxHeightPx: 180 }]);
  expect(sender.isFlowing).toBe(true);
});

it('sends nothing after it is closed, and leaves no timer', async () => {
  send.mockRejectedValueOnce(broken('updateViewStream'));
  const sender = new ViewUpdateSender(send, {});
  sender.request({ isPaused: true });
  await settle();
  sender.close();
  await settle();
  expect(vi.getTimerCount()).toBe(0);
  expect(send).toHaveBeenCalledOnce();
});

it('backs off for a random part of at most ten seconds between attempts', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  send.mockRejectedValue(broken('updateViewStream'));
  const sender = new ViewUpdateSender(send, {});
  sender.request({ isPaused: true });
  const pausesMs: number[] = [];
  for (let tries = 1; tries <= 6; tries += 1) {
    await settle();
    expect(send).toHaveBeenCalledTimes(tries);
    const startedAtMs = Date.now();
    await vi.advanceTimersToNextTimerAsync();
    pausesMs.push(Date.now() - startedAtMs);
  }
  expect(pausesMs).toEqual([500, 1_000, 2_000, 4_000, 5_000, 5_000]);
  sender.close();
  vi.restoreAllMocks();
});
