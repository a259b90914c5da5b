import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { startTestServer } from '../testing/test-server.ts';

/** A connection on which nothing was said yet. */
function dial(url: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => {
    socket.destroy();
  });
  return socket;
}

const errorBody = /\r\n\r\n\{"error":"invalid_request","error_description":"[^"]+"\}$/;

it.each([
  ['no HTTP at all', '\u0016\u0003\u0001 SECRET\r\n\r\n', 400],
  ['a header that holds a line break', 'GET /healthz HTTP/1.1\r\nHost: x\r\nA: \u0000SECRET\r\n\r\n', 400],
  [
    'two lengths of one body',
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

it('hangs up on those who send headers or a body drop by drop, and keeps polls that wait', async () => {
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

it('takes half a request for none when the caller vanishes', async () => {
  const { url, service } = await startTestServer();
  const socket = dial(url);
  socket.write(
    `POST /rtc-api/conferences/create HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${service.token}\r\n` +
      'Content-Type: application/json\r\nContent-Length: 20\r\n\r\n{"mode":',
  );
  socket.destroySoon();
  expect(await service.do('getActive')).toEqual([]);
});

it('refuses connections beyond the limit and lets go on who is connected', async () => {
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
