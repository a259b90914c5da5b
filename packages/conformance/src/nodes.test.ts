import { afterAll, beforeAll, expect, it } from 'vitest';
import { startAlternatingProxy } from '../../server/src/testing/alternating-proxy.ts';
import { startRedis, type RedisEngine } from '../../server/src/testing/redis-engine.ts';
import { startParleyNodes } from './testing/parley-server.ts';
import { runWithReport } from './testing/run-command.ts';

let redis: RedisEngine;
beforeAll(async () => {
  redis = await startRedis();
}, 60_000);
afterAll(() => redis.close());

it.each([
  ['a server on an engine', 1],
  ['two nodes that are asked in turn', 2],
])(
  'finds no breach in %s, including media',
  async (_, count) => {
    const nodes = await startParleyNodes(redis.url, count);
    const { report } = await runWithReport(await startAlternatingProxy(nodes));
    const breaches = report.results.flatMap(({ id, breach }) => (breach ? [`${id}: ${breach.came}`] : []));
    expect(breaches).toEqual([]);
    // Nodes do not record.
    const skipped = report.results.filter(({ outcome }) => outcome === 'skipped');
    expect(skipped.filter(({ id }) => !/^(recording\/|answer\/(get|delete)Recording)/.test(id))).toEqual([]);
    expect(report.passed).toBeGreaterThan(140);
  },
  120_000,
);
