import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { answerBrokenRequest } from './answer-broken-requests.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A socket that records its answer, and never closes its other side. */
function setUp(writable = true) {
  const sent: string[] = [];
  const destroy = vi.fn<() => void>();
  const socket = Object.assign(new EventEmitter(), {
    writable,
    destroy,
    end: (text: string) => sent.push(text),
  });
  const fail = (code: string) =>
    answerBrokenRequest(Object.assign(new Error('broken'), { code }), socket as unknown as Socket);
  return { sent, destroy, socket, fail };
}

it.each([
  ['HPE_INVALID_METHOD', 'HTTP/1.1 400 Bad Request'],
  ['HPE_HEADER_OVERFLOW', 'HTTP/1.1 431 Request Header Fields Too Large'],
  ['ERR_HTTP_REQUEST_TIMEOUT', 'HTTP/1.1 408 Request Timeout'],
])('answers %s with %s and the usual error body', (code, status) => {
  const { sent, fail } = setUp();
  fail(code);
  const [head = '', body = ''] = (sent[0] ?? '').split('\r\n\r\n');
  const lines = head.split('\r\n');
  expect(lines[0]).toBe(status);
  expect(lines).toContain(`Content-Length: ${Buffer.byteLength(body)}`);
  expect(lines).toContain('Connection: close');
  expect(JSON.parse(body)).toEqual({
    error: 'invalid_request',
    error_description: expect.stringMatching(/\w{3}/),
  });
});

it('destroys a connection that is still open a second after its answer', () => {
  const { destroy, fail } = setUp();
  fail('HPE_INVALID_METHOD');
  vi.advanceTimersByTime(999);
  expect(destroy).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(destroy).toHaveBeenCalledOnce();
});

it('waits no longer for a connection that has closed', () => {
  const { socket, fail } = setUp();
  fail('HPE_INVALID_METHOD');
  socket.emit('close');
  expect(vi.getTimerCount()).toBe(0);
});

it('answers nothing on a connection that was reset, or cannot be written', () => {
  for (const [code, writable] of [
    ['ECONNRESET', true],
    ['HPE_INVALID_METHOD', false],
  ] as const) {
    const { sent, destroy, fail } = setUp(writable);
    fail(code);
    expect([sent, destroy.mock.calls.length, vi.getTimerCount()]).toEqual([[], 1, 0]);
  }
});
