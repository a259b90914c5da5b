import { expect, it, onTestFinished } from 'vitest';
import { sendTo, startRedis, type RedisEngine } from '../../testing/redis-engine.ts';
import { primaryName, startSentinel } from '../../testing/redis-sentinels.ts';
import { EngineConnections } from './engine-connections.ts';

async function redis(): Promise<RedisEngine> {
  const started = await startRedis();
  onTestFinished(() => started.close());
  return started;
}

async function primaryOf(engine: RedisEngine): Promise<string | undefined> {
  return /run_id:(\w+)/.exec(String(await engine.send('INFO', 'server')))?.[1];
}

it('leaves a former primary that still answers, once sentinels name another one', async () => {
  const [former, next] = [await redis(), await redis()];
  const sentinel = await startSentinel(former.port);
  const url = `redis://${primaryName}`;
  const connections = new EngineConnections({ url, sentinels: [new URL(sentinel).host] }, 'c');
  onTestFinished(() => connections.close());
  await connections.openFirst();
  await connections.openAll();
  let losses = 0;
  connections.engine.watch(
    () => connections.rejoin(),
    () => {
      losses += 1;
    },
  );
  const both = (): readonly string[] => [connections.engine.primary, connections.blocking.primary];
  const formerPrimary = await primaryOf(former);
  expect(both()).toEqual([formerPrimary, formerPrimary]);

  await sendTo(sentinel, 'SENTINEL', 'REMOVE', primaryName);
  await sendTo(sentinel, 'SENTINEL', 'MONITOR', primaryName, '127.0.0.1', String(next.port), '1');
  const nextPrimary = await primaryOf(next);
  await expect.poll(both, { timeout: 15_000 }).toEqual([nextPrimary, nextPrimary]);
  expect(await connections.engine.send('PING')).toBe('PONG');
  expect(losses).toBe(1);
}, 60_000);
