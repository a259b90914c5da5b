import { randomUUID } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import { startRedis } from '../../testing/redis-engine.ts';
import { EngineConnection } from './engine-connection.ts';
import { EngineKeys } from './engine-keys.ts';
import { fixedPlace } from './engine-place.ts';
import { EngineTail } from './engine-tail.ts';

it('reads everything again when the engine lost the last entry, also when other nodes wrote later ones', async () => {
  const redis = await startRedis();
  onTestFinished(() => redis.close());
  const engine = new EngineConnection(fixedPlace(redis.url));
  await engine.open();
  onTestFinished(() => engine.close());
  const keys = new EngineKeys(randomUUID());
  const entries: string[] = [];
  let gaps = 0;
  const tail = new EngineTail({
    engine,
    blocking: engine,
    keys,
    onEntry: ({ value }) => void entries.push(value),
    onGap: () => {
      gaps += 1;
      return Promise.resolve();
    },
    onError: (error) => {
      throw error;
    },
  });
  const write = async (value: string): Promise<string> =>
    String(await engine.send('XADD', keys.tail, '*', 't', 'say', 'f', 'n-1', 'v', value));
  await write('before');
  await tail.begin(0, () => {});
  const lost = await write('lost');
  await tail.caughtUp();
  tail.suspect();
  await tail.caughtUp();
  expect([entries, gaps]).toEqual([['lost'], 0]);

  // As a replica that took over without it.
  await engine.send('XDEL', keys.tail, lost);
  await write('while nobody looked');
  tail.suspect();
  await tail.caughtUp();
  await write('afterwards');
  await tail.caughtUp();
  expect([entries, gaps]).toEqual([['lost', 'afterwards'], 1]);
}, 30_000);
