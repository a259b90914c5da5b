import { randomUUID } from 'node:crypto';
import type { ConferenceCreatedEvent, HistoryEvent } from '@parley-rtc/contract';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { describeEventLog } from '../../testing/event-log-behaviour.ts';
import { startRedis, type RedisEngine } from '../../testing/redis-engine.ts';
import { EngineConnection } from './engine-connection.ts';
import { EngineKeys } from './engine-keys.ts';
import { fixedPlace } from './engine-place.ts';
import { RedisEventLog } from './redis-event-log.ts';

let redis: RedisEngine;
beforeAll(async () => {
  redis = await startRedis();
}, 60_000);
afterAll(() => redis.close());

describeEventLog(async (historyBytes) => {
  const engine = new EngineConnection(fixedPlace(redis.url));
  await engine.open();
  onTestFinished(() => {
    engine.close();
  });
  const keys = new EngineKeys(randomUUID());
  return new RedisEventLog({ engine, keys, incarnation: () => 'n-1', historyBytes });
});

const created: ConferenceCreatedEvent = {
  id: 'e-created',
  type: 'ConferenceCreatedEvent',
  conferenceId: 'c-1',
  conferenceVersion: null,
  timestamp: '2026-01-05T10:00:00.123Z',
};

function eventAt(conferenceVersion: number, id: string): HistoryEvent {
  const { conferenceId, timestamp } = created;
  const type = 'ConferenceInteractionIdSetEvent';
  return { id, type, conferenceId, conferenceVersion, timestamp, interactionId: id };
}

async function logsOn(incarnations: readonly string[]) {
  const keys = new EngineKeys(randomUUID());
  const logs = await Promise.all(
    incarnations.map(async (name) => {
      const engine = new EngineConnection(fixedPlace(redis.url));
      await engine.open();
      onTestFinished(() => {
        engine.close();
      });
      return new RedisEventLog({ engine, keys, incarnation: () => name });
    }),
  );
  return { keys, logs };
}

it('rejects whatever a node appends after others declared it dead, whatever version it names', async () => {
  const { keys, logs } = await logsOn(['alive', 'dead']);
  const [alive, dead] = logs;
  if (!alive || !dead) throw new Error('There are no two logs.');
  await dead.begin(created);
  expect(await dead.append('c-1', 0, [eventAt(0, 'before')])).toBe(true);
  await redis.send('ZADD', keys.dead, '1', 'dead');
  for (const version of [0, 1, 2]) {
    await expect(dead.append('c-1', version, [eventAt(version, 'after')])).rejects.toMatchObject({
      trouble: { code: 'node_replaced' },
    });
  }
  await expect(dead.begin({ ...created, conferenceId: 'c-2' })).rejects.toThrow('starts again');
  expect(await alive.append('c-1', 1, [eventAt(1, 'next')])).toBe(true);
  expect((await alive.read('c-1', 0))?.map(({ id }) => id)).toEqual(['before', 'next']);
});

it('stores all of a command or none, while several nodes append to one conference', async () => {
  const { logs } = await logsOn(['a', 'b', 'c']);
  const [first] = logs;
  await first?.begin(created);
  const stored: string[] = [];
  await Promise.all(
    logs.map(async (log, node) => {
      for (let command = 0; command < 100; command += 1) {
        for (;;) {
          const version = (await log.read('c-1', 0))?.length ?? 0;
          const ids = [`${node}-${command}-1`, `${node}-${command}-2`];
          const events = ids.map((id, index) => eventAt(version + index, id));
          if (!(await log.append('c-1', version, events))) continue;
          stored.push(...ids);
          break;
        }
      }
    }),
  );
  const events = (await first?.read('c-1', 0)) ?? [];
  expect(events.map(({ conferenceVersion }) => conferenceVersion)).toEqual(events.map((_, index) => index));
  expect(events.map(({ id }) => id).toSorted()).toEqual(stored.toSorted());
  expect(
    events.every(({ id }, index) => index % 2 === 0 || id === events[index - 1]?.id.replace(/1$/, '2')),
  ).toBe(true);
}, 60_000);
