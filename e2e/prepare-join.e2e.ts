import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, test } from '@playwright/test';
import { demoUrl } from './support/addresses.ts';
import { browserArguments } from './support/browser-arguments.ts';
import { findBrowser } from './support/browser.ts';
import { usualSdkFile } from './support/caller.ts';
import { expect } from './support/expect.ts';

/** A server that refuses all requests, counts connections and records which one each request used. */
async function startServer() {
  let connections = 0;
  const numbers = new WeakMap<object, number>();
  const requests: { readonly method: string; readonly connection: number }[] = [];
  const server = createServer(({ method = '', socket }, response) => {
    requests.push({ method, connection: numbers.get(socket) ?? 0 });
    response
      .writeHead(403, { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' })
      .end();
  });
  server.on('connection', (socket) => numbers.set(socket, (connections += 1)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
    requests,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

test('a page that prepares to join connects ahead of its first request, which reuses the connection', async () => {
  const server = await startServer();
  const executablePath = findBrowser();
  // Chromium preconnects only in an ordinary profile.
  const context = await chromium.launchPersistentContext('', {
    ...(executablePath && { executablePath }),
    args: [...browserArguments],
  });
  try {
    const page = await context.newPage();
    await page.goto(demoUrl);
    await page.addScriptTag({ url: usualSdkFile });
    await page.evaluate((server) => window.Parley.prepareJoin({ server }), server.url);
    await expect.poll(() => server.connections()).toBeGreaterThan(0);
    const prepared = server.connections();
    expect(server.requests).toEqual([]);

    await page.evaluate(
      (server) =>
        window.Parley.Conference.join({ server, conferenceId: 'c', token: 'none' }).catch(() => undefined),
      server.url,
    );
    expect(server.requests[0]?.method).toBe('OPTIONS');
    expect(server.requests[0]?.connection).toBeLessThanOrEqual(prepared);
  } finally {
    await context.close();
    server.close();
  }
});
