import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { freePort } from './testing/free-port.ts';

const program = fileURLToPath(new URL('start.ts', import.meta.url));
/** It may have to build the pages first, beside other tests. */
const timeoutMs = 120_000;

interface Demo {
  readonly child: ChildProcess;
  readonly pagesPort: number;
  /** Where it keeps temporary files. */
  readonly folder: string;
  readonly output: () => string;
  readonly exitCode: () => Promise<number | null>;
}

/** What `npm start` runs, until the test ends. */
async function startDemo(pagesPort?: number): Promise<Demo> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-start-'));
  const port = pagesPort ?? (await freePort());
  const child = spawn(process.execPath, ['--conditions=@parley-rtc/source', program], {
    env: {
      PATH: process.env['PATH'],
      TMPDIR: folder,
      DEMO_PORT: String(port),
      PARLEY_PORT: String(await freePort()),
    },
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  return {
    child,
    pagesPort: port,
    folder,
    output: () => output,
    exitCode: async () => (await exited)[0],
  };
}

async function untilReady({ output }: Demo): Promise<void> {
  await expect.poll(output, { timeout: timeoutMs }).toContain('To end          Ctrl+C');
}

function serverOf({ child }: Demo): number {
  const { stdout } = spawnSync('pgrep', ['-P', String(child.pid), '-f', 'run-server'], { encoding: 'utf8' });
  return Number(stdout);
}

it('serves pages and API from one origin, and leaves nothing behind', { timeout: timeoutMs }, async () => {
  const demo = await startDemo();
  await untilReady(demo);
  const origin = `http://localhost:${demo.pagesPort}`;
  expect(demo.output()).toContain(`➜  ${origin}/script-tag/?room=`);
  expect(await (await fetch(origin)).text()).toContain('A call in one tag');
  expect(await (await fetch(`${origin}/healthz`)).json()).toEqual({ status: 'ok' });
  const ticket = await fetch(`${origin}/backend/ticket`, {
    method: 'POST',
    body: '{"room":"brave-otter-42"}',
  });
  expect(await ticket.json()).toMatchObject({ conferenceId: 'demo-brave-otter-42' });
  demo.child.kill('SIGTERM');
  expect(await demo.exitCode()).toBe(0);
  expect(readdirSync(demo.folder).filter((name) => name.startsWith('parley-'))).toEqual([]);
});

it('ends with an explanation when the server dies', { timeout: timeoutMs }, async () => {
  const demo = await startDemo();
  await untilReady(demo);
  process.kill(serverOf(demo), 'SIGKILL');
  expect(await demo.exitCode()).toBe(1);
  expect(demo.output()).toMatch(/\n {2}The Parley server ended by itself, so the demo ends, too\.\n\n$/);
});

it('takes its server with it when it is killed', { timeout: timeoutMs }, async () => {
  const demo = await startDemo();
  await untilReady(demo);
  const server = serverOf(demo);
  demo.child.kill('SIGKILL');
  const isAlive = (): boolean => {
    try {
      return process.kill(server, 0);
    } catch {
      return false;
    }
  };
  await expect.poll(isAlive, { timeout: timeoutMs }).toBe(false);
});

it('says how to choose another port when its own is taken', { timeout: timeoutMs }, async () => {
  const port = await freePort();
  const other = createServer().listen(port, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  const demo = await startDemo(port);
  expect(await demo.exitCode()).toBe(1);
  expect(demo.output()).toContain(`choose another port: DEMO_PORT=${port + 1} npm start`);
});
