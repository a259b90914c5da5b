import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  createdConference,
  reduce,
  type ConferenceCreatedEvent,
  type HistoryEvent,
} from '@parley-rtc/contract';
import { expect, it, onTestFinished } from 'vitest';
import { describeEventLog } from '../testing/event-log-behaviour.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { migrations } from './migrations.ts';
import { openDatabase } from './open-database.ts';
import { SqliteEventLog } from './sqlite-event-log.ts';

describeEventLog(async (historyBytes) => {
  const database = await openDatabase(temporaryFolder());
  onTestFinished(() => database.close());
  return new SqliteEventLog(database, historyBytes);
});

const created: ConferenceCreatedEvent = {
  id: 'e-created',
  type: 'ConferenceCreatedEvent',
  conferenceId: 'c-1',
  organizationId: 'o-1',
  conferenceVersion: null,
  timestamp: '2026-01-05T10:00:00.123Z',
};

function longEventAt(conferenceVersion: number): HistoryEvent {
  const { conferenceId, timestamp } = created;
  const interactionId = 'x'.repeat(50_000);
  return {
    id: `e-${conferenceVersion}`,
    type: 'ConferenceInteractionIdSetEvent',
    conferenceId,
    organizationId: 'o-1',
    timestamp,
    conferenceVersion,
    interactionId,
  };
}

it('keeps its file small while a history grows without end', async () => {
  const folder = temporaryFolder();
  const database = await openDatabase(folder);
  onTestFinished(() => database.close());
  const log = new SqliteEventLog(database, 200_000);
  await log.begin(created);
  let head = createdConference(created);
  for (let version = 0; version < 200; version += 1) {
    const event = longEventAt(version);
    await log.append('c-1', version, [event]);
    head = reduce(head, event);
    await log.checkpoint(head);
  }
  database.compact();
  expect(statSync(join(folder, 'parley.sqlite')).size).toBeLessThan(1_500_000);
});

it('continues the histories of a file that the previous schema wrote, and then bounds them', async () => {
  const folder = temporaryFolder();
  const former = new DatabaseSync(join(folder, 'parley.sqlite'));
  former.exec(`${migrations[0]}; PRAGMA user_version = 1`);
  former.prepare('INSERT INTO conferences VALUES (?, ?, 20)').run('c-1', JSON.stringify(created));
  const insert = former.prepare('INSERT INTO events VALUES (?, ?, ?)');
  let head = createdConference(created);
  for (let version = 0; version < 20; version += 1) {
    insert.run('c-1', version, JSON.stringify(longEventAt(version)));
    head = reduce(head, longEventAt(version));
  }
  former.close();
  const database = await openDatabase(folder);
  onTestFinished(() => database.close());
  const log = new SqliteEventLog(database, 200_000);
  expect((await log.load('c-1'))?.events).toHaveLength(20);
  await log.checkpoint(head);
  expect(await log.load('c-1')).toMatchObject({ state: { version: 20 }, events: [] });
});
