import { expect, it } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { ServerMetrics } from './server-metrics.ts';

function setUp(collectingMs = 0) {
  const clock = new FakeClock();
  let collections = 0;
  const metrics = new ServerMetrics({
    conferences: () => [],
    viewCount: () => 0,
    mediaFacts: () => {
      collections += 1;
      clock.advance(collectingMs);
      return Promise.resolve([]);
    },
    mqtt: () => ({ clients: 0, subscriptions: 0, deliveredTotal: 0, refusedTotal: 0 }),
    now: () => clock.elapsedMs(),
  });
  return { clock, metrics, collections: () => collections };
}

it('collects once for all who ask within a second', async () => {
  const { clock, metrics, collections } = setUp();
  const [one, other] = await Promise.all([metrics.text(), metrics.text()]);
  expect(other).toBe(one);
  clock.advance(999);
  expect(await metrics.text()).toBe(one);
  expect(collections()).toBe(1);
  clock.advance(1);
  await metrics.text();
  expect(collections()).toBe(2);
});

it('spends a tenth of the time at most on those who ask all the time', async () => {
  const { clock, metrics, collections } = setUp(500);
  await metrics.text();
  for (let second = 0; second < 4; second += 1) {
    clock.advance(1_000);
    await metrics.text();
  }
  expect(collections()).toBe(1);
  clock.advance(500);
  await metrics.text();
  expect(collections()).toBe(2);
});

it('tries again at once after a failure', async () => {
  const clock = new FakeClock();
  let isBroken = true;
  const metrics = new ServerMetrics({
    conferences: () => [],
    viewCount: () => 0,
    mediaFacts: () => (isBroken ? Promise.reject(new Error('no facts')) : Promise.resolve([])),
    mqtt: () => ({ clients: 0, subscriptions: 0, deliveredTotal: 0, refusedTotal: 0 }),
    now: () => clock.elapsedMs(),
  });
  await expect(metrics.text()).rejects.toThrow('no facts');
  isBroken = false;
  expect(await metrics.text()).toContain('parley_conferences 0');
});
