import { expect, it } from 'vitest';
import { healthAt, nextChangeMs } from './endpoint-health.ts';

const heartbeat = { lastSeenMs: 1_000, keepAliveMs: 100 };

it.each([
  [1_000, 'HEALTHY', 100],
  [1_099, 'HEALTHY', 1],
  [1_100, 'SICK', 200],
  [1_299, 'SICK', 1],
  [1_300, 'GONE', 1],
])('at %i ms, an endpoint last seen at 1000 ms with 100 ms to speak is %s', (nowMs, health, nextMs) => {
  expect(healthAt(heartbeat, nowMs)).toBe(health);
  expect(nextChangeMs(heartbeat, nowMs)).toBe(nextMs);
});
