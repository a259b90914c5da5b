import { expect, it, onTestFinished, vi } from 'vitest';
import { startRedis, type RedisEngine } from '../../testing/redis-engine.ts';
import { checkEngine } from './check-engine.ts';
import { EngineKeys } from './engine-keys.ts';
import { openRedisStorage, type RedisStorageOptions } from './open-redis-storage.ts';

async function redisWith(...options: readonly string[]): Promise<RedisEngine> {
  const redis = await startRedis(options);
  onTestFinished(() => redis.close());
  return redis;
}

async function open(url: string, changes: Partial<RedisStorageOptions> = {}) {
  const errors: unknown[] = [];
  const storage = await openRedisStorage({
    engine: { url },
    clusterName: 'parley',
    node: { url: 'http://127.0.0.1:1' },
    leaseMs: 3_000,
    onError: (error) => errors.push(error),
    onWarning: () => {},
    ...changes,
  });
  onTestFinished(() => storage.close());
  return storage;
}

it('explains an engine that is not there', async () => {
  const redis = await redisWith();
  await redis.close();
  await expect(open(redis.url)).rejects.toThrow(
    /^The engine in PARLEY_REDIS_URL cannot be reached\. Start the engine/,
  );
}, 30_000);

it('explains a password that is missing or wrong, without repeating it', async () => {
  const redis = await redisWith('--requirepass', 'open-sesame');
  for (const url of [redis.url, redis.url.replace('//', '//:hush-hush@')]) {
    const opening = open(url);
    await expect(opening).rejects.toThrow(/^The engine in PARLEY_REDIS_URL refuses the user or the password/);
    await expect(opening).rejects.not.toThrow(/hush/);
  }
  await open(redis.url.replace('//', '//:open-sesame@'));
}, 30_000);

it('refuses an engine that is full, a replica, would delete data, or has data of a newer version', async () => {
  const full = await redisWith('--maxmemory', '1mb');
  await expect(open(full.url)).rejects.toThrow(/is full, or its disk is/);
  const evicting = await redisWith('--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru');
  await expect(open(evicting.url)).rejects.toThrow(/maxmemory-policy to noeviction, not allkeys-lru/);
  const replica = await redisWith('--replicaof', '127.0.0.1', String(evicting.port));
  await expect(open(replica.url)).rejects.toThrow(/is a replica, which is read-only/);
  const redis = await redisWith();
  await redis.send('HSET', 'parley:cluster', 'schema', '2');
  await expect(open(redis.url)).rejects.toThrow(
    /newer version of this server \(schema 2; this one supports 1\)/,
  );
  await redis.send('SET', 'mine:cluster', 'something else');
  await expect(open(redis.url, { clusterName: 'mine' })).rejects.toThrow(
    /holds other data under .*mine:cluster/,
  );
  await open(redis.url, { clusterName: 'other' });
}, 30_000);

it('refuses an engine of a former version, with that version', async () => {
  // No such engine can be installed here.
  const engine = { send: () => Promise.resolve('redis_version:6.2.14\r\nrole:master\r\n') };
  const checking = checkEngine(engine, new EngineKeys('parley'));
  await expect(checking).rejects.toThrow(/is version 6\.2\.14\. Use Valkey, or Redis from version 7\./);
});

it('refuses one of a Redis Cluster', async () => {
  const redis = await redisWith('--cluster-enabled', 'yes');
  await expect(open(redis.url)).rejects.toThrow(/is one of a Redis Cluster/);
}, 30_000);

it('refuses a second node with the URL of a running one, but not one that follows a killed one', async () => {
  const redis = await redisWith();
  const first = await open(redis.url);
  await expect(open(redis.url)).rejects.toThrow(/^Another running node has the PARLEY_NODE_URL/);
  // As if it was killed: its lease runs out by itself.
  await first.close();
  await open(redis.url);
}, 30_000);

it('warns of an engine that keeps nothing, and not of one that does', async () => {
  const forgetful = await redisWith('--appendonly', 'no');
  expect((await open(forgetful.url)).warnings).toEqual([expect.stringMatching(/Set appendonly to yes/)]);
  expect((await open((await redisWith()).url)).warnings).toEqual([]);
}, 30_000);

it('says what is wrong with an engine that fills up or becomes read-only later', async () => {
  const redis = await redisWith();
  const storage = await open(redis.url);
  await storage.check();
  await redis.send('CONFIG', 'SET', 'maxmemory', '1mb');
  await expect(storage.check()).rejects.toMatchObject({ trouble: { code: 'engine_full' } });
  await redis.send('CONFIG', 'SET', 'maxmemory', '0');
  await storage.check();
  const other = await redisWith();
  await redis.send('REPLICAOF', '127.0.0.1', String(other.port));
  await expect(storage.check()).rejects.toMatchObject({ trouble: { code: 'engine_read_only' } });
}, 30_000);

it('refuses to start with a clock that is off by minutes, and warns once of one that goes wrong later', async () => {
  const redis = await redisWith();
  const now = vi.spyOn(Date, 'now');
  onTestFinished(() => now.mockRestore());
  const set = (offMs: number): void => {
    now.mockImplementation(() => performance.timeOrigin + performance.now() + offMs);
  };
  for (const [offMs, text] of [
    [120_000, /1(19|20|21) seconds ahead of/],
    [-120_000, /1(19|20|21) seconds behind/],
  ] as const) {
    set(offMs);
    await expect(open(redis.url)).rejects.toThrow(text);
  }
  set(0);
  const warnings: string[] = [];
  await open(redis.url, { onWarning: (text) => warnings.push(text) });
  set(90_000);
  await expect
    .poll(() => warnings, { timeout: 10_000 })
    .toEqual([expect.stringMatching(/(89|90|91) seconds off/)]);
}, 30_000);
