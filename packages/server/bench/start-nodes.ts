import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from '../src/testing/free-port.ts';
import { startRedis, type RedisEngine } from '../src/testing/redis-engine.ts';

/** Nodes without media, each a process of its own, and their engine; one server in memory without an engine. */
export interface BenchNodes {
  readonly urls: readonly string[];
  readonly redis: RedisEngine | undefined;
  readonly close: () => Promise<void>;
}

const program = fileURLToPath(new URL('../src/testing/node-program.ts', import.meta.url));

/** Starts nodes on an engine of their own; with `count` 0 one server that keeps everything in memory. */
export async function startNodes(count: number): Promise<BenchNodes> {
  const redis = count > 0 ? await startRedis() : undefined;
  const children: ChildProcess[] = [];
  const start = async (): Promise<string> => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const child = spawn(process.execPath, ['--conditions=@parley-rtc/source', program], {
      env: {
        PATH: process.env['PATH'],
        PARLEY_PORT: String(port),
        PARLEY_CLIENTS: 'bench:bench:SERVICE',
        PARLEY_RATE_LIMITS: 'off',
        // One user opens everything here, which the limits are designed to prevent.
        PARLEY_LIMIT_ENDPOINTS_PER_USER: '100000',
        PARLEY_LIMIT_WAITING_PER_USER: '100000',
        PARLEY_LIMIT_PARTICIPANTS_PER_USER: '1000',
        ...(redis && { PARLEY_REDIS_URL: redis.url, PARLEY_NODE_URL: url }),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    await once(createInterface(child.stdout), 'line');
    return url;
  };
  const urls = await Promise.all(Array.from({ length: Math.max(1, count) }, start));
  return {
    urls,
    redis,
    close: async () => {
      for (const child of children) {
        const exited = once(child, 'exit');
        child.kill('SIGKILL');
        await exited;
      }
      await redis?.close();
    },
  };
}
