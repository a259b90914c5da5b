import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ConnectionError } from './errors/api-errors.ts';
import { rejection } from './testing/rejection.ts';
import { withDeadline } from './with-deadline.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const operation = 'work';
const never = () => new Promise<never>(() => {});

it.each([undefined, Infinity, 2 ** 31, Number.MAX_SAFE_INTEGER])(
  'does not time out when the limit is %s',
  async (timeoutMs) => {
    const result = withDeadline(
      { operation, ...(timeoutMs !== undefined && { timeoutMs }) },
      () => new Promise((resolve) => setTimeout(() => resolve('done'), 3_600_000)),
    );
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(await result).toBe('done');
    expect(vi.getTimerCount()).toBe(0);
  },
);

it('rejects at the deadline and aborts the work', async () => {
  const told = vi.fn<(reason: unknown) => void>();
  const result = rejection(
    withDeadline({ operation, timeoutMs: 50 }, ({ signal }) => {
      signal.addEventListener('abort', () => told(signal.reason));
      return never();
    }),
  );
  await vi.advanceTimersByTimeAsync(50);
  expect(await result).toMatchObject({ code: 'ERR_TIMEOUT' });
  expect(told).toHaveBeenCalledWith(await result);
});

it('rejects when any of several signals aborts, and removes its listeners', async () => {
  const [one, other] = [new AbortController(), new AbortController()];
  const forget = vi.spyOn(one.signal, 'removeEventListener');
  const result = rejection(
    withDeadline({ operation, signals: [one.signal, undefined, other.signal] }, never),
  );
  other.abort('tea');
  expect(await result).toMatchObject({ code: 'ERR_ABORTED', cause: 'tea' });
  expect(forget).toHaveBeenCalledOnce();
});

it('rejects with the reason of a signal if that is a ParleyError', async () => {
  const reason = new ConnectionError('other work', 'https://rtc.example.com');
  const work = vi.fn<() => Promise<never>>(never);
  expect(await rejection(withDeadline({ operation, signals: [AbortSignal.abort(reason)] }, work))).toBe(
    reason,
  );
  expect(work).not.toHaveBeenCalled();
});
