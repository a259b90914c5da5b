import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  AlreadyJoinedError,
  ConferenceFullError,
  ConnectionError,
  createRtcApi,
  ForbiddenError,
  HttpError,
  InvalidOptionsError,
  InvalidRequestError,
  NotFoundError,
  ParleyError,
  ServerError,
  UnauthorizedError,
  type RtcApi,
  type TooManyRequestsError,
} from '../index.ts';
import { startHttpTestServer, type HttpTestServer } from '../testing/http-test-server.ts';
import { rejection } from '../testing/rejection.ts';

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

const command = { conferenceId: 'c-1', userEndpointId: 'ep-1' };

describe('an answer outside 2xx', () => {
  it.each([
    [400, InvalidRequestError, 'InvalidRequestError', 'ERR_INVALID_REQUEST', false],
    [401, UnauthorizedError, 'UnauthorizedError', 'ERR_UNAUTHORIZED', false],
    [403, ForbiddenError, 'ForbiddenError', 'ERR_FORBIDDEN', false],
    [404, NotFoundError, 'NotFoundError', 'ERR_NOT_FOUND', false],
    [409, InvalidRequestError, 'InvalidRequestError', 'ERR_INVALID_REQUEST', false],
    [422, AlreadyJoinedError, 'AlreadyJoinedError', 'ERR_ALREADY_JOINED', false],
    [500, ServerError, 'ServerError', 'ERR_SERVER', true],
    [502, ServerError, 'ServerError', 'ERR_SERVER', true],
  ] as const)('%i on join becomes $2', async (status, ErrorClass, name, code, retryable) => {
    server.reply({
      status,
      headers: { 'x-request-id': 'r-1' },
      body: '{"error":"oops","error_description":"It went wrong"}',
    });
    const error = await rejection(api.join(command));
    expect(error).toBeInstanceOf(ErrorClass);
    expect(error).toBeInstanceOf(HttpError);
    expect(error).toBeInstanceOf(ParleyError);
    expect(error).toMatchObject({
      name,
      code,
      retryable,
      status,
      operation: 'join',
      serverError: 'oops',
      requestId: 'r-1',
    });
    const { message, hint } = error as ParleyError;
    expect(message).toBe(`join failed with HTTP ${status} (oops: It went wrong). ${hint}`);
    expect(hint).not.toBe('');
    expect(server.requests).toHaveLength(1);
  });

  it('403 that says that the conference is full has a class of its own', async () => {
    server.reply({
      status: 403,
      body: '{"error":"conference_full","error_description":"The conference is full."}',
    });
    const error = await rejection(api.join(command));
    expect(error).toBeInstanceOf(ConferenceFullError);
    expect(error).toMatchObject({
      name: 'ConferenceFullError',
      code: 'ERR_CONFERENCE_FULL',
      retryable: true,
      status: 403,
      message: expect.stringContaining('Try again after a participant leaves'),
    });
    expect(server.requests).toHaveLength(1);
  });

  it('422 elsewhere is an invalid request', async () => {
    server.reply({ status: 422, body: '{"error":"oops","error_description":"It went wrong"}' });
    expect(await rejection(api.leave(command))).toMatchObject({ code: 'ERR_INVALID_REQUEST', status: 422 });
  });

  it('429 carries how long to wait, in whichever form it came', async () => {
    server.reply({ status: 429, headers: { 'retry-after': '30' }, body: '' });
    expect(await rejection(api.getActive())).toMatchObject({
      name: 'TooManyRequestsError',
      code: 'ERR_TOO_MANY_REQUESTS',
      retryable: true,
      retryAfterMs: 30_000,
    });

    const date = new Date(Date.now() + 60_000).toUTCString();
    server.reply({ status: 429, headers: { 'retry-after': date }, body: '' });
    const { retryAfterMs } = (await rejection(api.getActive())) as TooManyRequestsError;
    expect(retryAfterMs).toBeGreaterThan(50_000);
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);

    server.reply({ status: 429, headers: { 'retry-after': 'soon' }, body: '' });
    const error = await rejection(api.getEvents('c-1', 0));
    expect(error).toMatchObject({ code: 'ERR_TOO_MANY_REQUESTS', retryAfterMs: undefined });
  });

  it.each([
    ['an empty body', 'application/json', '', undefined, ''],
    ['a page of a proxy', 'text/html', '<html>Bad gateway</html>', undefined, ' (<html>Bad gateway</html>)'],
    ['broken JSON', 'application/json', '{"error":', undefined, ' ({"error":)'],
    ['a map of texts', 'application/json', '{"n":1,"field":"is missing"}', undefined, ' (is missing)'],
    ['only a code', 'application/json', '{"error":"nope"}', 'nope', ' (nope)'],
    ['JSON in disguise', 'text/plain', '{"error":"a","error_description":"b"}', 'a', ' (a: b)'],
    ['a sentence', 'text/plain', '{"error":"a","error_description":"It is gone."}', 'a', ' (a: It is gone)'],
    ['null', 'application/json', 'null', undefined, ''],
    ['a bare text', 'application/json', '"no"', undefined, ' (no)'],
    ['a very long text', 'text/plain', 'x'.repeat(9000), undefined, ` (${'x'.repeat(200)})`],
  ])('is told with %s', async (_what, contentType, body, serverError, words) => {
    server.reply({ status: 400, headers: { 'content-type': contentType }, body });
    const error = (await rejection(api.join(command))) as HttpError;
    expect(error.serverError).toBe(serverError);
    expect(error.message).toBe(`join failed with HTTP 400${words}. ${error.hint}`);
  });
});

const ownWords = { error: 'not_found', error_description: 'It is gone.' };
const foreign = { code: 'ERR_FOREIGN_ANSWER', name: 'ForeignAnswerError', retryable: true };

describe('an answer that the API did not write', () => {
  const bodies: readonly (readonly [what: string, contentType: string, body: string])[] = [
    ['a page', 'text/html', '<html>404 Not Found</html>'],
    ['no body', 'text/plain', ''],
    ['a plain text', 'text/plain', '404 page not found'],
    ["a gateway's object", 'application/json', '{"message":"no Route matched with those values"}'],
    ["a framework's object", 'application/json', '{"status":404,"error":"Not Found","path":"/"}'],
    ['only a code', 'application/json', '{"error":"not_found"}'],
    ['a reason phrase', 'application/json', '{"error":"Not Found","error_description":"Nothing here"}'],
    ['a nested error', 'application/json', '{"error":{"code":404},"error_description":"Nothing here"}'],
    ['a list', 'application/json', `[${JSON.stringify(ownWords)}]`],
    ['null', 'application/json', 'null'],
  ];
  const statuses = [301, 302, 307, 308, 401, 403, 404, 405, 410, 411, 413, 421, 422, 451];

  it.each(bodies)('is a network problem whatever its status: %s', async (_what, contentType, body) => {
    for (const status of statuses) {
      server.reply({ status, headers: { 'content-type': contentType, location: '/login' }, body });
      expect(await rejection(api.getEvents('c-1', 0))).toMatchObject({ ...foreign, status });
    }
  });

  it('is not followed when it redirects', async () => {
    server.reply({ status: 302, headers: { location: '/login' }, body: '' }, { body: '{"id":"c-1"}' });
    expect(await rejection(api.create({}))).toMatchObject(foreign);
    expect(server.requests).toHaveLength(1);
  });

  it('is retried where a broken connection is: reads and idempotent commands only', async () => {
    const page = { status: 404, headers: { 'content-type': 'text/html' }, body: '<html>' };
    server.reply(page, { body: '{"id":"c-1"}' });
    expect(await api.getConference('c-1')).toEqual({ id: 'c-1' });
    server.reply(page, {});
    await api.leave(command);
    server.reply(page, { body: '{"id":"c-1"}' });
    expect(await rejection(api.create({}))).toMatchObject(foreign);
  });

  it.each([
    ['getConference', async () => api.getConference('c-1')],
    ['getSimpleView', async () => api.getSimpleView('c-1')],
    ['getActive', async () => api.getActive()],
    ['getEvents', async () => api.getEvents('c-1', 0)],
    ['getIceServers', async () => api.getIceServers()],
    ['openPush', async () => api.openPush('c-1', {})],
    ['create', async () => api.create({})],
    ['join', async () => api.join(command)],
    ['leave', async () => api.leave(command)],
    ['keepAliveUserEndpoint', async () => api.keepAliveUserEndpoint({ userEndpointId: 'ep-1' })],
    ['registerUserEndpoint', async () => api.registerUserEndpoint({ keepAliveSeconds: 15 })],
  ])('%s does not take a page with status 200 for success', async (_name, call) => {
    server.reply({ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Welcome</html>' });
    expect(await rejection(call())).toMatchObject({ ...foreign, status: 200 });
  });

  it.each(['', 'null', '[]', '7', '{"status":"ok"}'])(
    'a read does not take %j for a result',
    async (body) => {
      server.reply({ status: 200, body });
      expect(await rejection(api.getConference('c-1'))).toMatchObject({ ...foreign, status: 200 });
    },
  );

  it.each(['{"events":[]}', ''])('a poll does not take %j for an empty list', async (body) => {
    server.reply({ status: 200, body });
    expect(await rejection(api.getEvents('c-1', 0))).toMatchObject(foreign);
  });

  it('with status 401 makes the client fetch another token, as some servers send no body', async () => {
    const tokens = ['one', 'two'];
    const renewing = createRtcApi({ server: server.url, token: () => tokens.shift() ?? 'three' });
    server.reply({ status: 401, body: '' }, { body: '[]' });
    expect(await renewing.getActive()).toEqual([]);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer one', 'Bearer two']);
  });
});

describe('no answer', () => {
  it('is a connection error when nobody listens', async () => {
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port } = gone.address() as AddressInfo;
    gone.close();
    await once(gone, 'close');
    const nowhere = createRtcApi({ server: `http://127.0.0.1:${port}`, token: 'secret-1' });

    const error = await rejection(nowhere.create({}));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ name: 'ConnectionError', code: 'ERR_CONNECTION', retryable: true });
    expect((error as Error).cause).toBeInstanceOf(Error);
  });

  it('is a connection error when the answer breaks off', async () => {
    server.reply((response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"id":', () => response.destroy());
    });
    expect(await rejection(api.create({}))).toMatchObject({ code: 'ERR_CONNECTION' });
  });
});

describe('options', () => {
  it.each(['', 'rtc.example.com', 'ftp://rtc.example.com', 'https://', 'https://rtc.example.com/rtc-api/'])(
    'with %j for a server are refused at once',
    (address) => {
      expect(() => createRtcApi({ server: address, token: 't' })).toThrow(InvalidOptionsError);
    },
  );

  it.each(['', undefined, null, 7])('with %j for a token are refused at once', (token) => {
    expect(() => createRtcApi({ server: server.url, token: token as unknown as string })).toThrow(
      expect.objectContaining({ name: 'InvalidOptionsError', code: 'ERR_INVALID_OPTIONS', retryable: false }),
    );
  });

  it('may have a trailing slash and a path prefix', async () => {
    server.reply({ body: '[]' });
    for (const suffix of ['/', '//', '/eu/one', '/eu/one/']) {
      await createRtcApi({ server: server.url + suffix, token: 't' }).getActive();
    }
    expect(server.requests.map(({ line }) => line)).toEqual([
      'GET /rtc-api/conferences/active',
      'GET /rtc-api/conferences/active',
      'GET /eu/one/rtc-api/conferences/active',
      'GET /eu/one/rtc-api/conferences/active',
    ]);
  });
});

it('keeps the token out of errors, which end up in logs', async () => {
  server.reply({ status: 403, body: '' });
  const forbidden = await rejection(api.create({}));
  server.reply((response) => response.destroy());
  const unreachable = await rejection(api.create({}));
  for (const error of [forbidden, unreachable]) {
    expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain('secret-1');
  }
});

it('lets other packages add errors to the family', () => {
  class DeviceDeniedError extends ParleyError {
    override readonly name = 'DeviceDeniedError';
    override readonly code = 'ERR_DEVICE_DENIED';
  }
  const error = new DeviceDeniedError('Access was refused.', 'Ask again.', { cause: 1 });
  expect(error).toMatchObject({ message: 'Access was refused. Ask again.', hint: 'Ask again.', cause: 1 });
  expect(error).toMatchObject({ retryable: false, name: 'DeviceDeniedError' });
});
