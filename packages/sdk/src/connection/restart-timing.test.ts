import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Deferred } from '../testing/deferred.ts';
import { ConnectionKeeper, type RestartResult } from './connection-keeper.ts';

const restart = vi.fn<(timeoutMs: number) => Promise<RestartResult>>();
const onLost = vi.fn<() => void>();
let state: RTCPeerConnectionState;
let keeper: ConnectionKeeper;

beforeEach(() => {
  vi.useFakeTimers();
  // The longest pauses between attempts: 300 ms, 600 ms, and so on.
  vi.spyOn(Math, 'random').mockReturnValue(1);
  restart.mockReset().mockResolvedValue('negotiated');
  onLost.mockReset();
  keeper = new ConnectionKeeper({ hasPath: () => false, connectionState: () => state, restart, onLost });
  moveTo('connected');
});
afterEach(() => {
  keeper.close();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function moveTo(next: RTCPeerConnectionState): void {
  state = next;
  keeper.onState();
}

/** Advances the time, and returns how many restarts there were in all. */
async function restartsAfter(ms: number): Promise<number> {
  await vi.advanceTimersByTimeAsync(ms);
  return restart.mock.calls.length;
}

it('waits a second before it restarts a connection that is only disconnected', async () => {
  moveTo('disconnected');
  expect(await restartsAfter(999)).toBe(0);
  expect(await restartsAfter(1)).toBe(1);
});

it('gives it another second when it is disconnected once more after it had begun to connect', async () => {
  moveTo('disconnected');
  await vi.advanceTimersByTimeAsync(500);
  moveTo('connecting');
  await vi.advanceTimersByTimeAsync(600);
  moveTo('disconnected');
  expect(await restartsAfter(999)).toBe(0);
  expect(await restartsAfter(1)).toBe(1);
});

it('does not extend that second when the browser reports the state again', async () => {
  moveTo('disconnected');
  await vi.advanceTimersByTimeAsync(900);
  moveTo('disconnected');
  expect(await restartsAfter(100)).toBe(1);
});

it('gives a new path 6 s to connect, then restarts after a pause', async () => {
  moveTo('failed');
  expect(await restartsAfter(0)).toBe(1);
  expect(await restartsAfter(6_299)).toBe(1);
  expect(await restartsAfter(1)).toBe(2);
  expect(await restartsAfter(6_599)).toBe(2);
  expect(await restartsAfter(1)).toBe(3);
});

it('does not hurry a new path because the second of grace is over', async () => {
  moveTo('disconnected');
  await vi.advanceTimersByTimeAsync(500);
  moveTo('failed');
  expect(await restartsAfter(6_299)).toBe(1);
  expect(await restartsAfter(1)).toBe(2);
});

it('restarts only once at a time', async () => {
  const negotiated = new Deferred<RestartResult>();
  restart.mockReturnValueOnce(negotiated.promise);
  moveTo('failed');
  moveTo('disconnected');
  keeper.check();
  keeper.onForgotten();
  expect(await restartsAfter(5_000)).toBe(1);
  negotiated.resolve('negotiated');
  await vi.advanceTimersByTimeAsync(0);
  moveTo('connected');
  expect(await restartsAfter(60_000)).toBe(1);
});

it('does not wait out a pause when the network is back', async () => {
  restart.mockResolvedValue('failed');
  moveTo('failed');
  expect(await restartsAfter(10)).toBe(1);
  keeper.check();
  expect(await restartsAfter(0)).toBe(2);
});

it('tells each attempt how much of the 30 s is left, and is lost when nothing is', async () => {
  moveTo('failed');
  await vi.advanceTimersByTimeAsync(60_000);
  const leftMs = restart.mock.calls.map(([ms]) => ms);
  expect(leftMs).toEqual([30_000, 24_000, 17_700, 11_100, 3_900]);
  expect(onLost).toHaveBeenCalledOnce();
});

it('does not use up these 30 s while the server does not answer', async () => {
  restart.mockImplementation(async () => {
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    return 'failed';
  });
  moveTo('failed');
  await vi.advanceTimersByTimeAsync(110_000);
  expect(onLost).not.toHaveBeenCalled();
  expect(restart.mock.calls.every(([ms]) => ms === 30_000)).toBe(true);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(onLost).toHaveBeenCalledOnce();
});

it('is lost immediately when the server refuses a new path', async () => {
  restart.mockResolvedValue('refused');
  moveTo('failed');
  await vi.advanceTimersByTimeAsync(0);
  expect(onLost).toHaveBeenCalledOnce();
});

it('sets out again with its full budget when it is lost later', async () => {
  moveTo('failed');
  await vi.advanceTimersByTimeAsync(20_000);
  moveTo('connected');
  await vi.advanceTimersByTimeAsync(0);
  restart.mockClear();
  moveTo('failed');
  await vi.advanceTimersByTimeAsync(0);
  expect(restart.mock.calls).toEqual([[30_000]]);
});

it('restarts immediately when the new path fails as soon as it has connected', async () => {
  moveTo('failed');
  await vi.advanceTimersByTimeAsync(0);
  moveTo('connected');
  moveTo('failed');
  expect(await restartsAfter(0)).toBe(2);
});

it.each(['disconnected', 'failed'] as const)('leaves no timer when it is closed while %s', async (lost) => {
  moveTo(lost);
  await vi.advanceTimersByTimeAsync(100);
  expect(vi.getTimerCount()).toBe(1);
  keeper.close();
  expect(vi.getTimerCount()).toBe(0);
});

it('reports no loss after it is closed, whatever the connection does', async () => {
  moveTo('disconnected');
  keeper.close();
  moveTo('failed');
  keeper.onForgotten();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(restart).not.toHaveBeenCalled();
  expect(onLost).not.toHaveBeenCalled();
});

it('reports no loss when it is closed during a restart', async () => {
  restart.mockResolvedValue('refused');
  moveTo('failed');
  keeper.close();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(onLost).not.toHaveBeenCalled();
});

it('is lost without an attempt when it never had a path, unless the server says that it had', async () => {
  keeper.close();
  keeper = new ConnectionKeeper({ hasPath: () => false, connectionState: () => state, restart, onLost });
  moveTo('connecting');
  moveTo('failed');
  expect(onLost).toHaveBeenCalledOnce();
  expect(restart).not.toHaveBeenCalled();
  keeper.onForgotten();
  expect(await restartsAfter(0)).toBe(1);
});
