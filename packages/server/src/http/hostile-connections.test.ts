import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { defaultLimits, type Limits } from '../limits/limits.ts';
import { failLoudly } from '../testing/fail-loudly.ts';
import { startTestServer } from '../testing/test-server.ts';
import { createHttpServer } from './http-server.ts';

/** Another address of this machine's loopback. */
const greedyAddress = '127.0.0.2';

/** A connection on which nothing was sent yet. */
function dial(
  url: string,
  { allowHalfOpen = false, from }: { readonly allowHalfOpen?: boolean; readonly from?: string } = {},
): Socket {
  const { hostname, port } = new URL(url);
  const local = from !== undefined && { localAddress: from };
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen, ...local });
  onTestFinished(() => {
    socket.destroy();
  });
  return socket;
}

/** The answer to a health check that an address asks for; empty if the server closes the connection. */
async function ask(url: string, from?: string): Promise<string> {
  const socket = dial(url, from === undefined ? {} : { from }).on('error', () => {});
  socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  return text(socket).catch(() => '');
}

const errorBody = /\r\n\r\n\{"error":"invalid_request","error_description":"[^"]+"\}$/;

it.each([
  ['no HTTP at all', '\u0016\u0003\u0001 SECRET\r\n\r\n', 400],
  ['a header that holds a line break', 'GET /healthz HTTP/1.1\r\nHost: x\r\nA: \u0000SECRET\r\n\r\n', 400],
  [
    'two lengths for one body',
    'POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd',
    400,
  ],
  [
    'a length and chunks, which proxies understand differently',
    'POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  ['headers that are too large', `GET /healthz HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
])('refuses %s in the usual shape and hangs up', async (_what, bytes, status) => {
  const { url } = await startTestServer();
  const socket = dial(url);
  socket.write(bytes);
  const answer = await text(socket);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(answer).toMatch(errorBody);
  expect(answer).not.toContain('SECRET');
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});

it('hangs up on clients that trickle headers or a body, and keeps waiting polls', async () => {
  const { url, service, clock } = await startTestServer({
    limits: { headersTimeoutMs: 100, requestTimeoutMs: 200 },
  });
  const conferenceId = await service.create();
  const userEndpointId = await service.join(conferenceId);
  const timers = clock.timerCount;
  const poll = service.events(conferenceId, 1);
  await expect.poll(() => clock.timerCount).toBe(timers + 1);

  const slowHeaders = dial(url);
  slowHeaders.write('GET /healthz HTTP/1.1\r\nHost: x\r\nA: ');
  const slowBody = dial(url);
  slowBody.write(
    `POST /rtc-api/conferences/create HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${service.token}\r\n` +
      'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
  );
  for (const answer of await Promise.all([text(slowHeaders), text(slowBody)])) {
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(answer).toMatch(errorBody);
  }

  await service.do('leave', { body: { conferenceId, userEndpointId } });
  expect(await poll).toHaveLength(1);
});

it('ignores half a request when the caller vanishes', async () => {
  const { url, service } = await startTestServer();
  const socket = dial(url);
  socket.write(
    `POST /rtc-api/conferences/create HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${service.token}\r\n` +
      'Content-Type: application/json\r\nContent-Length: 20\r\n\r\n{"mode":',
  );
  socket.destroySoon();
  expect(await service.do('getActive')).toEqual([]);
});

it('refuses connections over the limit and keeps existing ones', async () => {
  const { url } = await startTestServer({ limits: { connections: 3 } });
  const sockets = Array.from({ length: 5 }, () => dial(url));
  const closed = new Set<Socket>();
  for (const socket of sockets) {
    socket.on('error', () => closed.add(socket));
    socket.once('close', () => closed.add(socket));
  }
  await expect.poll(() => closed.size).toBeGreaterThanOrEqual(2);
  const open = sockets.find((socket) => !closed.has(socket));
  open?.end('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  if (open) expect(await text(open)).toMatch(/^HTTP\/1.1 200 /);
  expect(open).toBeDefined();
});

it('leaves other addresses their connections when one address opens too many', async () => {
  const { url } = await startTestServer({ limits: { connectionsPerAddress: 3 } });
  const greedy = Array.from({ length: 6 }, () => dial(url, { from: greedyAddress }));
  const closed = new Set<Socket>();
  for (const socket of greedy)
    socket
      .on('error', () => {})
      .resume()
      .once('close', () => closed.add(socket));
  await expect.poll(() => closed.size).toBe(3);
  expect(await ask(url, greedyAddress)).toBe('');
  expect(await ask(url)).toMatch(/^HTTP\/1.1 200 /);
  greedy.find((socket) => !closed.has(socket))?.destroy();
  await expect.poll(() => ask(url, greedyAddress)).toMatch(/^HTTP\/1.1 200 /);
});

it('does not count connections by address behind a trusted proxy, whose callers share one', async () => {
  const { url } = await startTestServer({ limits: { connectionsPerAddress: 1 }, trustProxy: 1 });
  dial(url, { from: greedyAddress });
  expect(await ask(url, greedyAddress)).toMatch(/^HTTP\/1.1 200 /);
});

/** A connection that stays open on this side when the server closes its own, as an attacker's does. */
function dialForever(url: string): Socket {
  return dial(url, { allowHalfOpen: true }).on('error', () => {});
}

/** A bare HTTP server with one long answer, and the number of connections that it holds. */
async function serveLongAnswer(
  limits: Partial<Limits>,
): Promise<{ readonly url: string; readonly connectionCount: () => Promise<number> }> {
  const app = await createHttpServer({
    logLevel: 'silent',
    limits: { ...defaultLimits, ...limits },
    corsOrigins: undefined,
    trustProxy: undefined,
    onFailure: failLoudly,
  });
  app.get('/long', () => 'x'.repeat(32 * 1024 * 1024));
  await app.listen({ port: 0 });
  onTestFinished(() => app.close());
  return {
    url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`,
    connectionCount: () =>
      new Promise((resolve) => {
        app.server.getConnections((_error, count) => {
          resolve(count);
        });
      }),
  };
}

it.each([
  ['nothing', ''],
  ['half a header', 'GET /long HTTP/1.1\r\nHost: x\r\nA: '],
  ['no HTTP', '\u0016\u0003\u0001\r\n\r\n'],
  ['half a body', 'POST /long HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{'],
])('frees the connections of clients that send %s and never close their side', async (_what, bytes) => {
  const { url, connectionCount } = await serveLongAnswer({ headersTimeoutMs: 100, requestTimeoutMs: 200 });
  const ended = Array.from({ length: 20 }, async () => {
    const socket = dialForever(url);
    socket.write(bytes);
    await text(socket);
  });
  await Promise.all(ended);
  await expect.poll(connectionCount, { timeout: 5_000 }).toBe(0);
});

it('frees the connection of a client that does not read a long answer', async () => {
  const { url, connectionCount } = await serveLongAnswer({ responseTimeoutMs: 1_000 });
  const socket = dialForever(url);
  socket.write('GET /long HTTP/1.1\r\nHost: x\r\n\r\n');
  await expect.poll(connectionCount, { timeout: 5_000 }).toBe(1);
  await expect.poll(connectionCount, { timeout: 10_000 }).toBe(0);
}, 30_000);

it('refuses further long answers to an address that leaves too much unread, until it is gone', async () => {
  const { url } = await serveLongAnswer({ unreadBytesPerAddress: 40 * 1024 * 1024 });
  const ask = async () => {
    const answer = await fetch(`${url}/long`);
    await answer.arrayBuffer();
    return answer.status;
  };
  expect(await ask()).toBe(200);
  const greedy = dialForever(url);
  greedy.write('GET /long HTTP/1.1\r\nHost: x\r\n\r\n');
  await expect.poll(ask, { timeout: 10_000 }).toBe(429);
  expect((await fetch(`${url}/missing`)).status).toBe(404);
  greedy.destroy();
  await expect.poll(ask, { timeout: 10_000 }).toBe(200);
}, 30_000);

it('lets new callers in soon after silent connections filled the server', async () => {
  const { url } = await startTestServer({ limits: { connections: 20, headersTimeoutMs: 100 } });
  for (let count = 0; count < 40; count += 1) dialForever(url);
  await expect.poll(() => ask(url)).toBe('');
  await expect.poll(() => ask(url), { timeout: 5_000 }).toMatch(/^HTTP\/1.1 200 /);
});
