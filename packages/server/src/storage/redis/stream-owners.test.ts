import { expect, it, onTestFinished } from 'vitest';
import { startRedis } from '../../testing/redis-engine.ts';
import type { Storage } from '../storage.ts';
import { openRedisStorage } from './open-redis-storage.ts';

/** The cluster as one of its nodes sees it. */
async function openNode(url: string, port: number): Promise<NonNullable<Storage['shared']>['cluster']> {
  const storage = await openRedisStorage({
    engine: { url },
    clusterName: 'parley',
    node: { url: `http://127.0.0.1:${port}` },
    leaseMs: 10_000,
    onError: (error) => {
      throw error;
    },
    onWarning: () => {},
  });
  onTestFinished(() => storage.close());
  if (!storage.shared) throw new Error('An engine is shared.');
  storage.shared.started();
  return storage.shared.cluster;
}

it('gives a stream to another node only once its node is about to leave, or is gone, and tells that node', async () => {
  const redis = await startRedis();
  onTestFinished(() => redis.close());
  const [a, b, c] = [
    await openNode(redis.url, 1),
    await openNode(redis.url, 2),
    await openNode(redis.url, 3),
  ];
  const taken: string[] = [];
  a.owners.onTakenOver((streamKey) => taken.push(streamKey));
  expect(await a.owners.claim('s')).toBe(true);
  expect([await b.owners.takeOver('s'), await b.owners.claim('s')]).toEqual([false, false]);

  await a.drain();
  expect([await b.isDraining(a.incarnation()), await a.isDraining(b.incarnation())]).toEqual([true, false]);
  // To take a new stream still needs the consent of the node that has it.
  expect(await b.owners.claim('s')).toBe(false);
  expect(await b.owners.takeOver('s')).toBe(true);
  await expect.poll(() => taken).toEqual(['s']);
  expect([a.owners.isOwn('s'), b.owners.isOwn('s')]).toEqual([false, true]);
  // A repetition, whose first answer was lost.
  expect(await b.owners.takeOver('s')).toBe(true);

  await b.leave();
  expect(await c.owners.takeOver('s')).toBe(true);
  expect(taken).toEqual(['s']);
}, 60_000);

it('names the nodes that stay, and what they carry', async () => {
  const redis = await startRedis();
  onTestFinished(() => redis.close());
  const a = await openNode(redis.url, 1);
  expect(await a.others()).toEqual([]);
  const b = await openNode(redis.url, 2);
  a.reportLoad(() => 7);
  const [first, second] = [
    { url: 'http://127.0.0.1:1', load: 0 },
    { url: 'http://127.0.0.1:2', load: 0 },
  ];
  expect([await a.others(), await b.others()]).toEqual([[second], [first]]);
  await b.drain();
  expect([await a.others(), await b.others()]).toEqual([[], [first]]);
  // With its next renewal.
  await expect.poll(() => b.others(), { timeout: 10_000 }).toEqual([{ ...first, load: 7 }]);
}, 60_000);
