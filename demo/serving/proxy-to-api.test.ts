import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer, text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { serveFiles } from './testing/serve-folder.ts';
import { startUpstream } from './testing/start-upstream.ts';

type Exchange = readonly [request: IncomingMessage, response: ServerResponse];

/** An upstream whose answers the test gives itself, and the pages in front of it. */
async function pagesBeforeUpstream(): Promise<{
  readonly origin: string;
  readonly next: () => Promise<Exchange>;
  readonly crash: () => void;
}> {
  const upstream = await startUpstream(() => {});
  const origin = await serveFiles({}, { api: upstream.url });
  return {
    origin,
    next: async () => (await once(upstream.server, 'request')) as unknown as Exchange,
    crash: upstream.crash,
  };
}

it('uses one connection to the API for fifty requests in a row', async () => {
  const upstream = await startUpstream((_request, response) => response.end('{}'));
  const origin = await serveFiles({}, { api: upstream.url });
  for (let count = 0; count < 50; count += 1) {
    const answer = await fetch(`${origin}/rtc-api/conferences/active`);
    expect(await answer.text()).toBe('{}');
  }
  expect(upstream.connections).toHaveLength(1);
});

it('answers a request while hundreds of long polls are parked', async () => {
  const parked: ServerResponse[] = [];
  const upstream = await startUpstream(({ url }, response) => {
    if (url === '/rtc-api/poll') parked.push(response);
    else response.end('at once');
  });
  const origin = await serveFiles({}, { api: upstream.url });
  const polls = Array.from({ length: 300 }, async () => (await fetch(`${origin}/rtc-api/poll`)).text());
  await expect.poll(() => parked.length).toBe(300);
  expect(await (await fetch(`${origin}/healthz`)).text()).toBe('at once');
  for (const response of parked) response.end('event');
  expect(new Set(await Promise.all(polls))).toEqual(new Set(['event']));
});

it('passes method, path, query, headers and body on, and who asked', async () => {
  const { origin, next } = await pagesBeforeUpstream();
  const body = Buffer.alloc(1_000_000, 'sdp ');
  const answer = fetch(`${origin}/rtc-api/conferences/${'i'.repeat(256)}/join%2Fnow?a=1&b=%20`, {
    method: 'POST',
    headers: {
      authorization: 'Bearer token',
      'content-type': 'application/x-www-form-urlencoded',
      'x-forwarded-for': '192.0.2.1',
    },
    body,
  });
  const [request, response] = await next();
  expect(request.method).toBe('POST');
  expect(request.url).toBe(`/rtc-api/conferences/${'i'.repeat(256)}/join%2Fnow?a=1&b=%20`);
  expect(request.headers).toMatchObject({
    authorization: 'Bearer token',
    'content-type': 'application/x-www-form-urlencoded',
    host: new URL(origin).host,
    // Not what the caller claims, because rate limits trust it.
    'x-forwarded-for': '127.0.0.1',
  });
  expect((await buffer(request)).equals(body)).toBe(true);
  response.writeHead(429, { 'retry-after': '7', 'x-request-id': 'abc', 'content-type': 'application/json' });
  response.end('{"error":"too_many_requests"}');
  const { status, headers } = await answer;
  expect(status).toBe(429);
  expect(Object.fromEntries(headers)).toMatchObject({ 'retry-after': '7', 'x-request-id': 'abc' });
  expect(await (await answer).json()).toEqual({ error: 'too_many_requests' });
});

it('passes a CORS preflight on', async () => {
  const { origin, next } = await pagesBeforeUpstream();
  const answer = fetch(`${origin}/rtc-api/conferences/join`, { method: 'OPTIONS' });
  const [request, response] = await next();
  expect(request.method).toBe('OPTIONS');
  response.writeHead(204, { 'access-control-allow-origin': '*' }).end();
  expect((await answer).headers.get('access-control-allow-origin')).toBe('*');
});

it('passes each event of a stream on as it comes', async () => {
  const { origin, next } = await pagesBeforeUpstream();
  const [answer, [, response]] = await Promise.all([
    fetch(`${origin}/rtc-api/push`),
    next().then((exchange) => {
      exchange[1].writeHead(200, { 'content-type': 'text/event-stream' });
      exchange[1].write('data: 0\n\n');
      return exchange;
    }),
  ]);
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  expect(await reader?.read()).toEqual({ done: false, value: 'data: 0\n\n' });
  // Each is written only once the one before has arrived.
  for (let count = 1; count < 5; count += 1) {
    response.write(`data: ${count}\n\n`);
    expect(await reader?.read()).toEqual({ done: false, value: `data: ${count}\n\n` });
  }
  response.end();
  expect(await reader?.read()).toEqual({ done: true, value: undefined });
});

it('passes the start of a body on before its end', async () => {
  const { origin, next } = await pagesBeforeUpstream();
  const body = new TransformStream<Uint8Array, Uint8Array>();
  const writer = body.writable.getWriter();
  // The browser's types lack `duplex`.
  const init: RequestInit & { duplex: 'half' } = { method: 'POST', body: body.readable, duplex: 'half' };
  const answer = fetch(`${origin}/rtc-api/x`, init);
  void writer.write(Buffer.from('first '));
  const [request, response] = await next();
  const [chunk] = (await once(request, 'data')) as [Buffer];
  expect(chunk.toString()).toBe('first ');
  void writer.write(Buffer.from('second'));
  void writer.close();
  expect(await text(request)).toBe('second');
  response.end();
  expect((await answer).status).toBe(200);
});

it('gives up a parked request when the page does', async () => {
  const { origin, next } = await pagesBeforeUpstream();
  const page = new AbortController();
  const answer = fetch(`${origin}/rtc-api/poll`, { signal: page.signal });
  const [, response] = await next();
  const isClosed = once(response, 'close');
  page.abort();
  await expect(answer).rejects.toThrow(/abort/);
  await isClosed;
  expect(response.writableFinished).toBe(false);
});

it('gives up a stream when the page does', async () => {
  const { origin, next } = await pagesBeforeUpstream();
  const page = new AbortController();
  const [, [, response]] = await Promise.all([
    fetch(`${origin}/rtc-api/push`, { signal: page.signal }),
    next().then((exchange) => {
      exchange[1].write('data: 0\n\n');
      return exchange;
    }),
  ]);
  const isClosed = once(response, 'close');
  page.abort();
  await isClosed;
  expect(response.writableFinished).toBe(false);
});

it('answers 502 with the code and text of an API error when the API is down', async () => {
  const { origin, crash } = await pagesBeforeUpstream();
  crash();
  const answer = await fetch(`${origin}/rtc-api/conferences/active`);
  expect(answer.status).toBe(502);
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(await answer.json()).toEqual({
    error: 'server_unreachable',
    error_description: 'The Parley server behind this proxy does not answer.',
  });
});

it('answers 502 to a parked request whose server crashes, and ends a stream', async () => {
  const { origin, next, crash } = await pagesBeforeUpstream();
  const poll = fetch(`${origin}/rtc-api/poll`);
  await next();
  const [stream] = await Promise.all([
    fetch(`${origin}/rtc-api/push`),
    next().then(([, response]) => response.write('data: 0\n\n')),
  ]);
  crash();
  expect((await poll).status).toBe(502);
  await expect(stream.text()).rejects.toThrow('terminated');
});

it('reaches an API that comes back on the same port', async () => {
  const upstream = await startUpstream((_request, response) => response.end('before'));
  const origin = await serveFiles({}, { api: upstream.url });
  expect(await (await fetch(`${origin}/healthz`)).text()).toBe('before');
  upstream.crash();
  await once(upstream.server, 'close');
  expect((await fetch(`${origin}/healthz`)).status).toBe(502);
  upstream.server.listen(Number(new URL(upstream.url).port), '127.0.0.1');
  await once(upstream.server, 'listening');
  expect(await (await fetch(`${origin}/healthz`)).text()).toBe('before');
});
