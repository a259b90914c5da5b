import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRtcApi } from './create-rtc-api.ts';
import type { RtcApi } from './rtc-api.ts';
import { startHttpTestServer, type HttpTestServer } from './testing/http-test-server.ts';
import { rejection } from './testing/rejection.ts';

let server: HttpTestServer;
let api: RtcApi;

beforeAll(async () => {
  server = await startHttpTestServer();
  api = createRtcApi({ server: server.url, token: 'secret-1' });
});
beforeEach(() => {
  server.requests.length = 0;
});
afterAll(async () => server.close());

const own = { conferenceId: 'c-1', userEndpointId: 'ep-1' };

function broken(response: { destroy(): void }): void {
  response.destroy();
}

describe('a retry', () => {
  const unavailable = { status: 503, headers: { 'retry-after': '0' }, body: '' };
  const busy = { status: 429, headers: { 'retry-after': '0' }, body: '' };
  const result = { id: 'c-1', streamId: 's', viewerId: 'v', eventsSent: 1 };
  const fine = { body: JSON.stringify(result) };

  it.each([
    ['503', unavailable],
    ['429', busy],
    ['a broken connection', broken],
    ['502', { status: 502, body: '' }],
    ['504', { status: 504, body: '' }],
  ])('follows %s on a read', async (_what, reply) => {
    server.reply(reply, fine);
    expect(await api.getConference('c-1')).toEqual(result);
    expect(server.requests).toHaveLength(2);
  });

  it.each([
    ['503', unavailable],
    ['429', busy],
    ['a broken connection', broken],
  ])('follows %s on an idempotent command, with the same body', async (_what, reply) => {
    server.reply(reply, {});
    await api.leave(own);
    expect(server.requests.map(({ body }) => JSON.parse(body))).toEqual([own, own]);
  });

  const unsafe: [string, () => Promise<unknown>][] = [
    ['create', async () => api.create({})],
    [
      'publishStream',
      async () => api.publishStream({ ...own, streamId: 's', conferenceStreamType: 'CAM', sdpOffer: '' }),
    ],
    ['viewStream', async () => api.viewStream({ ...own, streamId: 's', sdpOffer: '' })],
    [
      'sendEvent',
      async () =>
        api.sendEvent({
          conferenceId: 'c-1',
          qos: 'BEST_EFFORT',
          event: { type: 'AnEvent', timestamp: '2026-01-05T10:00:00Z' },
        }),
    ],
    ['createTicket', async () => api.createTicket({ type: 'MULTI_USE_TICKET' })],
  ];

  it.each(unsafe)('never follows 503 or a broken connection on %s', async (_name, call) => {
    server.reply(unavailable, fine);
    expect(await rejection(call())).toMatchObject({ code: 'ERR_SERVER', status: 503 });
    server.reply(broken, fine);
    expect(await rejection(call())).toMatchObject({ code: 'ERR_CONNECTION' });
    expect(server.requests).toHaveLength(2);
  });

  it.each(unsafe)('follows 429 on %s, because the server did not act on it', async (_name, call) => {
    server.reply(busy, fine);
    expect(await call()).toEqual(result);
    expect(server.requests).toHaveLength(2);
  });

  it.each(unsafe)('follows a 503 with the error `overloaded` on %s', async (_name, call) => {
    server.reply({ ...unavailable, body: '{"error":"overloaded","error_description":"No room."}' }, fine);
    expect(await call()).toEqual(result);
    expect(server.requests).toHaveLength(2);
  });

  it('never happens on the long poll, whose caller has its own retry policy', async () => {
    for (const reply of [unavailable, busy, broken, { status: 502, body: '' }]) {
      server.reply(reply, { body: '[]' });
      await rejection(api.getEvents('c-1', 0));
    }
    expect(server.requests).toHaveLength(4);
  });

  it('never follows 500 or 400', async () => {
    for (const status of [500, 400]) {
      server.reply({ status, body: '{"error":"oops","error_description":"It went wrong"}' }, fine);
      await rejection(api.getConference('c-1'));
    }
    expect(server.requests).toHaveLength(2);
  });

  it('happens at most twice', async () => {
    server.reply(unavailable);
    expect(await rejection(api.getConference('c-1'))).toMatchObject({ code: 'ERR_SERVER', status: 503 });
    expect(server.requests).toHaveLength(3);
  });

  it('waits for as long as Retry-After says', async () => {
    server.reply({ ...busy, headers: { 'retry-after': '1' } }, fine);
    const startedAtMs = performance.now();
    await api.create({});
    expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(950);
  });

  it('is skipped when its delay would pass the deadline', async () => {
    server.reply({ ...busy, headers: { 'retry-after': '11' } });
    expect(await rejection(api.create({}))).toMatchObject({
      code: 'ERR_TOO_MANY_REQUESTS',
      retryAfterMs: 11_000,
    });
  });
});
