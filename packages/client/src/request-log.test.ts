import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { clientToken } from './client-token.ts';
import type { RtcApiOptions } from './create-call-api.ts';
import { createRtcApi } from './create-rtc-api.ts';
import type { LogLevel } from './logging/log-level.ts';
import type { LogRecord } from './logging/log-record.ts';
import { setLogLevel, setLogSink } from './logging/page-log.ts';
import { redeemTicket } from './redeem-ticket.ts';
import type { RtcApi } from './rtc-api.ts';
import { aToken } from './testing/a-token.ts';
import { startHttpTestServer, type HttpTestServer } from './testing/http-test-server.ts';
import { rejection } from './testing/rejection.ts';

let server: HttpTestServer;
let records: LogRecord[];

beforeAll(async () => {
  server = await startHttpTestServer();
});
beforeEach(() => {
  records = [];
  server.reply({ body: '[]' });
});
afterEach(() => {
  setLogLevel('silent');
  setLogSink(undefined);
  vi.restoreAllMocks();
});
afterAll(async () => server.close());

const write = (record: LogRecord) => void records.push(record);

function anApi(options: Partial<RtcApiOptions> = {}): RtcApi {
  return createRtcApi({ server: server.url, token: 'secret-1', log: { level: 'trace', write }, ...options });
}

/** Level, message and fields of each line; durations are only counted. */
const lines = () =>
  records.map(({ level, message, fields: { tookMs: _tookMs, ...fields } }) => [level, message, fields]);

const grant = (token: string) => ({
  body: JSON.stringify({ access_token: token, refresh_token: 'refresh-me', conference_id: 'c-1' }),
});
const unauthorized = { status: 401, body: '{"error":"invalid_token"}' };

describe('the log of a client', () => {
  it('is silent by default', async () => {
    const written = (['error', 'warn', 'info', 'debug', 'trace'] as const).map((method) =>
      vi.spyOn(console, method),
    );
    server.reply(unauthorized);
    await rejection(anApi({ log: undefined }).getActive());
    for (const method of written) expect(method).not.toHaveBeenCalled();
  });

  it('says how a request was answered', async () => {
    server.reply({ body: '[]', headers: { 'x-request-id': 'r1' } });
    await anApi().getActive();
    expect(lines()).toEqual([
      ['info', 'token in use', {}],
      ['debug', 'getActive answered', { method: 'get', status: 200, requestId: 'r1' }],
    ]);
    expect(records.map(({ part, fields }) => [part, typeof fields['tookMs']])).toEqual([
      ['api', 'number'],
      ['api', 'number'],
    ]);
  });

  it('says when the token expires, and that a refused one is replaced', async () => {
    const tokens = [aToken(60_000), aToken(120_000)];
    server.reply(unauthorized, { body: '[]' });
    await anApi({ token: () => tokens.shift() ?? '' }).getActive();
    const refused = { error: 'ERR_UNAUTHORIZED', status: 401, serverError: 'invalid_token' };
    expect(lines()).toEqual([
      ['info', 'token in use', { expiresInS: expect.closeTo(60, -0.5) }],
      ['debug', 'getActive failed', { method: 'get', ...refused }],
      ['warn', 'token refused; asking for another', refused],
      ['info', 'token in use', { expiresInS: expect.closeTo(120, -0.5) }],
      ['debug', 'getActive answered', { method: 'get', status: 200 }],
    ]);
  });

  it('says why a token was not renewed while the present one still serves', async () => {
    const tokens = [aToken(30_000)];
    const token = async () => tokens.shift() ?? Promise.reject(new TypeError('offline'));
    const api = anApi({ token });
    await api.getActive();
    vi.useFakeTimers({ now: Date.now() + 27_000, toFake: ['Date'] });
    await api.getActive();
    vi.useRealTimers();
    const said = ['warn', 'token not renewed'];
    expect(lines()).toContainEqual([...said, { error: 'ERR_TOKEN', cause: 'TypeError' }]);
  });

  it('says that a request is sent again, and why', async () => {
    server.reply({ status: 503, headers: { 'retry-after': '0' } }, { body: '[]' });
    await anApi().getActive();
    expect(lines()).toContainEqual([
      'warn',
      'getActive is sent again',
      { retryCount: 1, status: 503, error: 'HTTPError' },
    ]);
  });

  it('says that a request was aborted or timed out', async () => {
    const controller = new AbortController();
    server.reply(() => controller.abort());
    await rejection(anApi().getActive({ signal: controller.signal }));
    server.reply(() => {});
    await rejection(anApi({ timeoutMs: 50 }).getActive());
    await vi.waitFor(() => expect(lines()).toHaveLength(4));
    expect(lines().filter(([level]) => level === 'debug')).toEqual([
      ['debug', 'getActive failed', expect.objectContaining({ error: 'ERR_ABORTED' })],
      ['debug', 'getActive failed', expect.objectContaining({ error: 'ERR_TIMEOUT' })],
    ]);
  });

  it('refuses a level that does not exist', () => {
    expect(() => anApi({ log: 'loud' as LogLevel })).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_OPTIONS' }),
    );
  });

  it('never contains a token, a ticket or a client secret', async () => {
    setLogLevel('trace');
    setLogSink(write);
    const [first, second] = [aToken(30_000), aToken(60_000)];
    // A server that repeats what it was sent.
    const echo = {
      status: 400,
      body: '{"error":"invalid_grant","error_description":"bad ticket hush-hush"}',
    };
    server.reply(echo);
    await rejection(redeemTicket({ server: server.url, ticket: 'hush-hush' }));
    server.reply(grant(first));
    const { token } = await redeemTicket({ server: server.url, ticket: 'hush-hush' });
    server.reply(unauthorized, grant(second), { body: '[]' });
    await anApi({ token, log: undefined }).getActive();
    server.reply(grant(second));
    await clientToken({ server: server.url, clientId: 'desk', clientSecret: 'desk-secret' })();

    const text = JSON.stringify(records);
    expect(records.map(({ message }) => message)).toEqual([
      'requestToken failed',
      'requestToken answered',
      'token in use',
      'getActive failed',
      'token refused; asking for another',
      'requestToken answered',
      'token in use',
      'getActive answered',
      'requestToken answered',
    ]);
    for (const secret of [first, second, 'refresh-me', 'hush-hush', 'desk-secret', 'Bearer', 'Basic']) {
      expect(text).not.toContain(secret);
    }
  });
});
