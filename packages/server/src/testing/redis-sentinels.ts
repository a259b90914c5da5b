import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { freePort } from './free-port.ts';
import { sendTo, spawnRedis, startRedis, type RedisEngine } from './redis-engine.ts';

/** A primary with a replica, and sentinels that let the replica take over; all end with the test. */
export interface ReplicatedEngine {
  readonly primary: RedisEngine;
  readonly replica: RedisEngine;
  /** Addresses of the sentinels, as in PARLEY_REDIS_SENTINELS. */
  readonly sentinels: string;
  /** Lets the replica receive nothing more, while everything else works. */
  cutReplication(): Promise<void>;
  /** Lets it receive everything again. */
  restoreReplication(): Promise<void>;
  /** Lets the replica take over, although the primary works. */
  failOver(): Promise<void>;
  /** The port of the primary that the first sentinel names. */
  primaryPort(): Promise<number>;
}

/** The name that the sentinels have for the primary. */
export const primaryName = 'test-primary';

/** How long sentinels wait for an answer of the primary. */
const downAfterMs = 1_000;
/** Sentinels would otherwise find each other, and change things, within seconds. */
const quickly = ['PING-PERIOD', '200', 'ASK-PERIOD', '200', 'PUBLISH-PERIOD', '200', 'INFO-PERIOD', '500'];
/** A busy machine stands still for a while, after which sentinels do nothing for 30 seconds. */
const unimpressed = ['TILT-TRIGGER', '30000', 'TILT-PERIOD', '1000'];

/** Starts a primary, a replica of it, and three sentinels. Resolves when all know each other. */
export async function startReplicatedEngine(): Promise<ReplicatedEngine> {
  // Otherwise, the first copy begins after five seconds.
  const immediately = ['--repl-diskless-sync-delay', '0'];
  const primary = await startRedis(immediately);
  onTestFinished(() => primary.close());
  const replica = await startRedis(['--replicaof', '127.0.0.1', String(primary.port), ...immediately]);
  onTestFinished(() => replica.close());
  await expect.poll(() => primary.send('INFO', 'replication'), { timeout: 20_000 }).toMatch(/state=online/);
  const urls = await Promise.all(Array.from({ length: 3 }, () => startSentinel(primary.port)));
  for (const url of urls) {
    await expect
      .poll(() => factsOf(url), { timeout: 20_000 })
      .toMatchObject({ 'num-slaves': '1', 'num-other-sentinels': '2' });
  }
  return {
    primary,
    replica,
    sentinels: urls.map((url) => new URL(url).host).join(','),
    cutReplication: async () => {
      await primary.send('ACL', 'SETUSER', 'default', '-psync', '-sync');
      await primary.send('CLIENT', 'KILL', 'TYPE', 'replica');
    },
    restoreReplication: async () => {
      await primary.send('ACL', 'SETUSER', 'default', '+@all');
    },
    failOver: async () => {
      await sendTo(urls[0] ?? '', 'SENTINEL', 'FAILOVER', primaryName);
    },
    primaryPort: async () => Number((await factsOf(urls[0] ?? ''))['port']),
  };
}

/** Starts a sentinel that ends with the test; returns its URL. */
export async function startSentinel(primaryPort: number): Promise<string> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'parley-sentinel-'));
  const settings = join(folder, 'sentinel.conf');
  // A sentinel writes what it learns into this file.
  writeFileSync(
    settings,
    [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${folder}`,
      `sentinel monitor ${primaryName} 127.0.0.1 ${primaryPort} 2`,
      `sentinel down-after-milliseconds ${primaryName} ${downAfterMs}`,
      `sentinel failover-timeout ${primaryName} 5000`,
    ].join('\n'),
  );
  const child = spawnRedis([settings, '--sentinel']);
  onTestFinished(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  const url = `redis://127.0.0.1:${port}`;
  await expect
    .poll(() => sendTo(url, 'SENTINEL', 'DEBUG', ...quickly, ...unimpressed).catch(String), {
      timeout: 20_000,
    })
    .toBe('OK');
  return url;
}

async function factsOf(url: string): Promise<Readonly<Record<string, string>>> {
  const flat = (await sendTo(url, 'SENTINEL', 'MASTER', primaryName)) as readonly string[];
  return Object.fromEntries(
    flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1] ?? '']] : [])),
  );
}
