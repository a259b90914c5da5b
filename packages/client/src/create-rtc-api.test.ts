import { getEventListeners } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { RtcApiOptions } from './create-call-api.ts';
import { createRtcApi } from './create-rtc-api.ts';
import type { RtcApi } from './rtc-api.ts';
import { aGate } from './testing/a-gate.ts';
import { startHttpTestServer, type HttpTestServer } from './testing/http-test-server.ts';
import { rejection } from './testing/rejection.ts';

let server: HttpTestServer;

beforeAll(async () => {
  server = await startHttpTestServer();
});
beforeEach(() => {
  server.requests.length = 0;
  server.reply({ body: '[]' });
});
afterAll(async () => server.close());

const own = { conferenceId: 'c-1', userEndpointId: 'ep-1' };

function anApi(options: Partial<RtcApiOptions> = {}): RtcApi {
  return createRtcApi({ server: server.url, token: 'secret-1', ...options });
}

/** Returns a promise that never settles. */
const never = async () => new Promise<string>(() => {});

describe('a call', () => {
  it('is aborted by its signal, before, during and while it waits for the token', async () => {
    const aborted = { name: 'AbortedError', code: 'ERR_ABORTED', retryable: false, cause: 'left' };
    expect(await rejection(anApi().getActive({ signal: AbortSignal.abort('left') }))).toMatchObject(aborted);
    expect(server.requests).toEqual([]);

    const during = new AbortController();
    server.reply(() => during.abort('left'));
    expect(await rejection(anApi().getActive({ signal: during.signal }))).toMatchObject(aborted);
    expect(getEventListeners(during.signal, 'abort')).toEqual([]);

    const waiting = new AbortController();
    const token = async () => {
      waiting.abort('left');
      return new Promise<string>(() => {});
    };
    expect(await rejection(anApi({ token }).getActive({ signal: waiting.signal }))).toMatchObject(aborted);
  });

  it('does not abort a token fetch that other calls wait for', async () => {
    const gate = aGate();
    const api = anApi({ token: async () => gate.promise });
    const controller = new AbortController();
    const one = rejection(api.getActive({ signal: controller.signal }));
    const two = api.getActive();
    controller.abort();
    expect(await one).toMatchObject({ code: 'ERR_ABORTED' });
    gate.resolve('t');
    expect(await two).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });

  it('leaves no listener on a signal when it succeeds', async () => {
    const { signal } = new AbortController();
    await anApi().getActive({ signal });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('times out at its deadline, whether the answer, body, token or retries hang', async () => {
    const timedOut = { name: 'TimeoutError', code: 'ERR_TIMEOUT', retryable: true };
    const api = anApi({ timeoutMs: 30 });
    server.reply(() => {});
    expect(await rejection(api.create({}))).toMatchObject(timedOut);
    expect(await rejection(anApi().getEvents('c-1', 0, { timeoutMs: 30 }))).toMatchObject(timedOut);

    server.reply((response) => {
      response.writeHead(200).write('[');
    });
    expect(await rejection(api.getActive())).toMatchObject(timedOut);
    server.reply((response) => {
      response.writeHead(500).write('<html>');
    });
    expect(await rejection(api.getActive())).toMatchObject(timedOut);

    expect(await rejection(anApi({ token: never, timeoutMs: 30 }).getActive())).toMatchObject(timedOut);
  });

  it('allows a long poll 25 seconds more than other calls', async () => {
    const delays: (number | undefined)[] = [];
    const original = setTimeout;
    const spy = vi.spyOn(globalThis, 'setTimeout').mockImplementation((run, ms, ...rest) => {
      delays.push(ms);
      return original(run, ms, ...rest);
    });
    onTestFinished(() => spy.mockRestore());
    await anApi().getActive();
    await anApi().getEvents('c-1', 0);
    await anApi({ timeoutMs: 5_000 }).getEvents('c-1', 0);
    await anApi().getActive({ timeoutMs: 2 ** 31 });
    expect(delays).toEqual(expect.arrayContaining([10_000, 35_000, 30_000, 2 ** 31 - 1]));
  });

  it('uses the given fetch and passes keepalive to it', async () => {
    const seen: [keepalive: boolean | undefined, hasSignal: boolean][] = [];
    const api = anApi({
      fetch: async (input, init) => {
        const { keepalive, signal } = input instanceof Request ? input : (init ?? {});
        seen.push([keepalive, Boolean(signal)]);
        return fetch(input, init);
      },
    });
    server.reply({});
    await api.leave(own, { keepalive: true });
    await api.leave(own);
    // Firefox cancels a keepalive request that has a signal with its page.
    expect(seen).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  it.each([
    ['a fixed token', 't-1'],
    ['a token that a function returned before', async () => 't-1'],
  ])(
    'sends a keepalive request within the call, with %s, because a closing page runs nothing later',
    async (_name, token) => {
      let isSent = false;
      const api = anApi({
        token,
        fetch: async () => {
          isSent = true;
          return new Response('{}', { headers: { 'content-type': 'application/json' } });
        },
      });
      await api.leave(own);
      isSent = false;
      const left = api.leave(own, { keepalive: true });
      expect(isSent).toBe(true);
      await left;
    },
  );
});
