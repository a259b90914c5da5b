import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { freePort } from './free-port.ts';

/** A redis-server of a test's own. */
export interface RedisEngine {
  readonly url: string;
  readonly port: number;
  /** Ends the process without warning; resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port with the same data. */
  start(): Promise<void>;
  /** Sends a signal, such as SIGSTOP. */
  signal(name: NodeJS.Signals): void;
  /** Ends it and deletes its data. */
  close(): Promise<void>;
  /** Sends a command. */
  send(...command: readonly string[]): Promise<unknown>;
}

const program = 'redis-server';

/** Starts a redis-server with these arguments, which the caller has to end. */
export function spawnRedis(args: readonly string[]): ChildProcess {
  return spawn(program, args, { stdio: 'ignore' });
}

/** Starts a redis-server, which must be installed, on a free port, with data that survive its end. Close it. */
export async function startRedis(options: readonly string[] = []): Promise<RedisEngine> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'parley-redis-'));
  const url = `redis://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  const kill = async (): Promise<void> => {
    const running = child;
    child = undefined;
    if (!running) return;
    const exited = once(running, 'exit');
    running.kill('SIGKILL');
    await exited;
  };
  const start = async (): Promise<void> => {
    const settings = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
    child = spawnRedis([...settings, '--appendonly', 'yes', ...options]);
    await untilReady(url);
  };
  const close = async (): Promise<void> => {
    await kill();
    rmSync(folder, { recursive: true, force: true });
  };
  await start();
  const send = (...command: readonly string[]): Promise<unknown> => sendTo(url, ...command);
  return { url, port, kill, start, close, signal: (name) => void child?.kill(name), send };
}

/** Sends a command on a connection of its own. */
export async function sendTo(url: string, ...command: readonly string[]): Promise<unknown> {
  const client = createClient({ url, RESP: 2, socket: { reconnectStrategy: false } });
  client.on('error', () => {});
  try {
    await client.connect();
    return await client.sendCommand([...command]);
  } finally {
    if (client.isOpen) client.destroy();
  }
}

async function untilReady(url: string): Promise<void> {
  for (;;) {
    const client = createClient({ url, socket: { reconnectStrategy: false } });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.ping();
      return;
    } catch (error) {
      // One that requires a password is ready, too.
      if (error instanceof Error && error.message.startsWith('NOAUTH')) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    } finally {
      if (client.isOpen) client.destroy();
    }
  }
}
