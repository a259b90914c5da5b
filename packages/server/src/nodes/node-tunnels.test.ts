import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { NodeTunnels, type Tunnel } from './node-tunnels.ts';

afterEach(() => void vi.useRealTimers());

async function setUp() {
  const tunnels = new NodeTunnels('secret');
  const accepted: { readonly tunnel: Tunnel; readonly connection: Duplex }[] = [];
  const server = createServer();
  tunnels.accept(server, (tunnel, connection) => accepted.push({ tunnel, connection }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => {
    tunnels.close();
    server.close();
  });
  return { tunnels, accepted, port, url: `http://127.0.0.1:${port}` };
}

it('carries bytes in both directions for what it was opened for', async () => {
  const { tunnels, accepted, url } = await setUp();
  const tunnel = { use: 'relay', streamKey: '["Überraschung","s"]#1' } as const;
  const here = await tunnels.open(url, tunnel);
  const there = accepted[0];
  expect(there?.tunnel).toEqual(tunnel);
  here.write('question');
  expect(String((await once(there?.connection ?? here, 'data'))[0])).toBe('question');
  there?.connection.write('answer');
  expect(String((await once(here, 'data'))[0])).toBe('answer');
});

it('ends at both ends', async () => {
  const { tunnels, accepted, url } = await setUp();
  const here = await tunnels.open(url, { use: 'router' });
  here.resume();
  accepted[0]?.connection.destroy();
  await once(here, 'close');
  const again = await tunnels.open(url, { use: 'router' });
  again.resume();
  tunnels.close();
  await once(again, 'close').catch(() => {});
  expect(again.destroyed).toBe(true);
});

it('refuses nodes with another secret', async () => {
  const { accepted, url } = await setUp();
  await expect(new NodeTunnels('another').open(url, { use: 'router' })).rejects.toThrow('401');
  expect(accepted).toEqual([]);
});

it('refuses a signature for another tunnel, of an hour ago, or none', async () => {
  const { accepted, port, tunnels } = await setUp();
  const sent: Record<string, string>[] = [];
  const spy = createServer().on('connect', ({ headers }, socket) => {
    sent.push(headers as Record<string, string>);
    socket.destroy();
  });
  spy.listen(0, '127.0.0.1');
  await once(spy, 'listening');
  onTestFinished(() => void spy.close());
  const spied = `http://127.0.0.1:${(spy.address() as AddressInfo).port}`;
  await tunnels.open(spied, { use: 'router' }).catch(() => {});
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 3_600_000 });
  await tunnels.open(spied, { use: 'router' }).catch(() => {});
  vi.useRealTimers();
  const [good = {}, old = {}] = sent;
  const other = Buffer.from(JSON.stringify({ use: 'relay', streamKey: 's' })).toString('base64url');
  const status = async (headers: Record<string, string>): Promise<number> => {
    const asked = request({ method: 'CONNECT', host: '127.0.0.1', port, path: 'node:0', headers });
    asked.end();
    const [response, socket] = (await once(asked, 'connect')) as [{ statusCode: number }, Duplex];
    socket.destroy();
    return response.statusCode;
  };
  expect(await status(old)).toBe(401);
  expect(await status({ ...good, 'parley-tunnel': other })).toBe(401);
  expect(await status({ 'parley-tunnel': other })).toBe(401);
  expect(accepted).toEqual([]);
  expect(await status(good)).toBe(200);
});

it('fails when the node cannot be reached', async () => {
  const { tunnels } = await setUp();
  await expect(tunnels.open('http://127.0.0.1:1', { use: 'router' })).rejects.toThrow('ECONNREFUSED');
});
