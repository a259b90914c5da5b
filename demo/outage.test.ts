import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientToken, createRtcApi } from '@parley-rtc/client';
import { expect, it, onTestFinished } from 'vitest';
import { outageOf } from './outage.ts';
import { ServerProcess } from './server-process.ts';
import { freePort } from './testing/free-port.ts';

/** A server starts within a second, and slower beside other tests. */
const timeoutMs = 60_000;

/** A Parley server that runs until the test ends, and a switch that stops it for `durationMs`. */
async function serverWithOutage(durationMs: number) {
  const folder = mkdtempSync(join(tmpdir(), 'parley-outage-'));
  const port = await freePort();
  const env = {
    PATH: process.env['PATH'],
    PARLEY_PORT: String(port),
    PARLEY_CLIENTS: 'desk:only-for-this-test:SERVICE',
    PARLEY_DATA_DIR: folder,
  };
  const failures: unknown[] = [];
  const server = new ServerProcess(env, () => failures.push('crashed'));
  onTestFinished(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await server.start();
  const handler = outageOf(server, { durationMs, onFailed: (error) => failures.push(error) });
  const pages = createServer((request, response) => void handler(request, response));
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void pages.close());
  const url = `http://127.0.0.1:${(pages.address() as AddressInfo).port}/`;
  return {
    api: `http://127.0.0.1:${port}`,
    server,
    failures,
    stop: (contentType = 'application/json') =>
      fetch(url, { method: 'POST', headers: { 'content-type': contentType }, body: '{}' }),
  };
}

async function isUp(api: string): Promise<boolean> {
  return fetch(`${api}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

it(
  'kills the server, refuses to do so again meanwhile, and brings it back with its conferences',
  async () => {
    const { api, failures, stop } = await serverWithOutage(500);
    const rtc = createRtcApi({
      server: api,
      token: clientToken({ server: api, clientId: 'desk', clientSecret: 'only-for-this-test' }),
    });
    await rtc.create({ conferenceId: 'standup' });
    const answer = await stop();
    expect([answer.status, await answer.json()]).toEqual([200, { backInMs: 500 }]);
    const second = await stop();
    expect([second.status, await second.json()]).toEqual([
      409,
      { error: 'already_stopped', error_description: expect.stringContaining('already stopped') as string },
    ]);
    await expect.poll(() => isUp(api), { timeout: timeoutMs, interval: 10 }).toBe(false);
    await expect.poll(() => isUp(api), { timeout: timeoutMs }).toBe(true);
    expect(await rtc.getActive()).toMatchObject([{ id: 'standup' }]);
    expect((await stop()).status).toBe(200);
    expect(failures).toEqual([]);
  },
  timeoutMs,
);

it(
  'stays away once it is closed during an outage',
  async () => {
    const { api, server, failures, stop } = await serverWithOutage(50);
    await stop();
    await server.close();
    await new Promise((resolve) => {
      setTimeout(resolve, 300);
    });
    expect(await isUp(api)).toBe(false);
    expect(failures).toEqual([]);
  },
  timeoutMs,
);

it(
  'refuses what a page of another origin can send without asking',
  async () => {
    const { api, stop } = await serverWithOutage(50);
    expect((await stop('text/plain')).status).toBe(400);
    expect(await isUp(api)).toBe(true);
  },
  timeoutMs,
);

it(
  'says when the server cannot start',
  async () => {
    const broken = new ServerProcess({ PATH: process.env['PATH'], PARLEY_PORT: 'none' }, () => {});
    await expect(broken.start()).rejects.toThrow('could not start');
  },
  timeoutMs,
);
