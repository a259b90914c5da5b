import { expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../testing/free-port.ts';
import { startHoldableLink } from '../../testing/holdable-link.ts';
import { startRedis } from '../../testing/redis-engine.ts';
import { primaryName, startSentinel } from '../../testing/redis-sentinels.ts';
import type { EngineOptions } from './engine-connections.ts';
import { SentinelPlace } from './engine-place.ts';
import { openRedisStorage } from './open-redis-storage.ts';

async function open(engine: EngineOptions): Promise<void> {
  const storage = await openRedisStorage({
    engine,
    clusterName: 'parley',
    node: { url: 'http://127.0.0.1:1' },
    leaseMs: 3_000,
    onError: () => {},
    onWarning: () => {},
  });
  await storage.close();
}

it('explains sentinels that are not there, do not know the engine, or want a password, without repeating any', async () => {
  const redis = await startRedis();
  onTestFinished(() => redis.close());
  const sentinels = [new URL(await startSentinel(redis.port)).host];
  const nobody = [`:hush@127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const url = `redis://:hush@${primaryName}`;
  const opening = open({ url, sentinels: nobody });
  await expect(opening).rejects.toThrow(/^No sentinel in PARLEY_REDIS_SENTINELS can be reached\. Start them/);
  await expect(opening).rejects.not.toThrow(/hush/);
  const misnamed = open({ url: 'redis://:hush@other', sentinels });
  await expect(misnamed).rejects.toThrow(/^The sentinels in PARLEY_REDIS_SENTINELS do not know "other"\./);
  await expect(misnamed).rejects.not.toThrow(/hush/);
  const locked = await startRedis(['--requirepass', 'open-sesame']);
  onTestFinished(() => locked.close());
  await expect(open({ url, sentinels: [`127.0.0.1:${locked.port}`] })).rejects.toThrow(/refuse to answer/);
  // One that answers is enough.
  await open({ url: `redis://${primaryName}`, sentinels: [...nobody, ...sentinels] });
}, 60_000);

it('asks sentinels for the primary, keeps everything else of the URL, and moves only when most of them answer', async () => {
  const redis = await startRedis();
  onTestFinished(() => redis.close());
  const sentinel = new URL(await startSentinel(redis.port)).host;
  const nobody = `127.0.0.1:${await freePort()}`;
  const url = `redis://user:hush@${primaryName}/3`;
  const expected = `redis://user:hush@127.0.0.1:${redis.port}/3`;
  const place = new SentinelPlace(url, [sentinel, nobody]);
  expect([await place.find(), await place.findAgreed()]).toEqual([expected, undefined]);
  expect(await new SentinelPlace(url, [sentinel]).findAgreed()).toBe(expected);
}, 60_000);

it('does not wait long for a sentinel that is silent while most of them answer', async () => {
  const redis = await startRedis();
  onTestFinished(() => redis.close());
  const sentinels = await Promise.all([startSentinel(redis.port), startSentinel(redis.port)]);
  const silent = await startHoldableLink(redis.port);
  silent.hold();
  const addresses = [...sentinels.map((url) => new URL(url).host), `127.0.0.1:${silent.port}`];
  const place = new SentinelPlace(`redis://${primaryName}`, addresses);
  const askedAtMs = performance.now();
  expect(await place.findAgreed()).toBe(`redis://127.0.0.1:${redis.port}`);
  expect(performance.now() - askedAtMs).toBeLessThan(1_900);
}, 60_000);

it('refuses an engine whose replicas are too few for the node, or for its own min-replicas-to-write', async () => {
  const primary = await startRedis(['--repl-diskless-sync-delay', '0']);
  onTestFinished(() => primary.close());
  await expect(open({ url: primary.url, replicas: 1 })).rejects.toThrow(
    /^The engine in PARLEY_REDIS_URL has fewer replicas .* than PARLEY_REDIS_REPLICAS, .*Start the missing replicas/,
  );
  await primary.send('CONFIG', 'SET', 'min-replicas-to-write', '1');
  await expect(open({ url: primary.url })).rejects.toThrow(/its own min-replicas-to-write/);
  const replica = await startRedis(['--replicaof', '127.0.0.1', String(primary.port)]);
  onTestFinished(() => replica.close());
  await expect.poll(() => primary.send('INFO', 'replication')).toMatch(/state=online/);
  await open({ url: primary.url, replicas: 1 });
  await expect(open({ url: primary.url, replicas: 2 })).rejects.toThrow(/has fewer replicas/);
}, 60_000);
