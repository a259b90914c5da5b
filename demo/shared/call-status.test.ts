import { ConnectionError, type Conference } from '@parley-rtc/sdk';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createCallStatus, type CallStatus } from './call-status.ts';
import type { TypedCall } from './schemas.ts';

let status: CallStatus;

beforeEach(() => {
  vi.useFakeTimers();
  const conference: Pick<Conference, 'on'> = { on: () => () => {} };
  status = createCallStatus(conference as Conference, {} as TypedCall);
});
afterEach(() => {
  vi.useRealTimers();
});

const unreachable = new ConnectionError('updateMetadata', 'https://rtc.example.com');
const shown = () => status.getSnapshot().problem;

it('takes an error away once there was time to read it', () => {
  status.showError(unreachable);
  expect(shown()).toMatch(/^Can’t reach the server/);
  vi.advanceTimersByTime(10_000);
  status.showError(unreachable);
  vi.advanceTimersByTime(10_000);
  expect(shown()).not.toBe('');
  vi.advanceTimersByTime(10_000);
  expect(shown()).toBe('');
});

it('leaves no timer behind', () => {
  status.showError(unreachable);
  status.clearError();
  expect(vi.getTimerCount()).toBe(0);
  status.showError(unreachable);
  status.close();
  expect(vi.getTimerCount()).toBe(0);
});
