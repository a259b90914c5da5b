import type { StatementSync } from 'node:sqlite';
import type { ConferenceCreatedEvent, HistoryEvent } from '@parley-rtc/contract';
import type { Database } from '../storage/database.ts';
import type { EventLog } from './event-log.ts';
import { Waiters } from './waiters.ts';

/** An event log that outlives the process. A command's events become durable together or not at all. */
export class SqliteEventLog implements EventLog {
  readonly #database: Database;
  readonly #waiters = new Waiters();
  readonly #insertConference: StatementSync;
  readonly #step: StatementSync;
  readonly #insertEvent: StatementSync;
  readonly #selectConference: StatementSync;
  readonly #selectEvents: StatementSync;
  readonly #selectIds: StatementSync;
  readonly #deleteConference: StatementSync;
  #isClosed = false;

  constructor(database: Database) {
    this.#database = database;
    const prepare = (sql: string): StatementSync => database.prepare(sql);
    this.#insertConference = prepare(
      'INSERT INTO conferences (id, created, version) VALUES (?, ?, 0) ON CONFLICT DO NOTHING',
    );
    this.#step = prepare('UPDATE conferences SET version = ? WHERE id = ? AND version = ?');
    this.#insertEvent = prepare('INSERT INTO events (conference_id, version, event) VALUES (?, ?, ?)');
    this.#selectConference = prepare('SELECT created, version FROM conferences WHERE id = ?');
    this.#selectEvents = prepare(
      'SELECT event FROM events WHERE conference_id = ? AND version >= ? ORDER BY version',
    );
    this.#selectIds = prepare('SELECT id FROM conferences ORDER BY rowid');
    // Its events go with it (ON DELETE CASCADE).
    this.#deleteConference = prepare('DELETE FROM conferences WHERE id = ?');
  }

  async begin(created: ConferenceCreatedEvent): Promise<boolean> {
    const { changes } = this.#database.transact(() =>
      this.#insertConference.run(created.conferenceId, JSON.stringify(created)),
    );
    if (changes === 0) return false;
    await this.#database.synced();
    return true;
  }

  async append(
    conferenceId: string,
    expectedVersion: number,
    events: readonly HistoryEvent[],
  ): Promise<boolean> {
    const nextVersion = expectedVersion + events.length;
    const isAppended = this.#database.transact(() => {
      const { changes } = this.#step.run(nextVersion, conferenceId, expectedVersion);
      if (changes === 0) return false;
      events.forEach((event, index) => {
        this.#insertEvent.run(conferenceId, expectedVersion + index, JSON.stringify(event));
      });
      return true;
    });
    if (!isAppended) return false;
    await this.#database.synced();
    this.#waiters.wake(conferenceId, nextVersion);
    return true;
  }

  read(conferenceId: string, fromVersion?: number): Promise<readonly HistoryEvent[] | undefined> {
    const conference = this.#conference(conferenceId);
    if (!conference) return Promise.resolve(undefined);
    if (fromVersion !== undefined && fromVersion >= conference.version) return Promise.resolve([]);
    const events = this.#selectEvents.all(conferenceId, fromVersion ?? 0).map(({ event }) => eventOf(event));
    return Promise.resolve(fromVersion === undefined ? [eventOf(conference.created), ...events] : events);
  }

  settled(): Promise<void> {
    return this.#database.synced();
  }

  conferenceIds(): Promise<readonly string[]> {
    return Promise.resolve(this.#selectIds.all().map(({ id }) => String(id)));
  }

  wait(conferenceId: string, version: number, signal: AbortSignal): Promise<void> {
    const conference = this.#conference(conferenceId);
    if (this.#isClosed || !conference || conference.version > version) return Promise.resolve();
    return this.#waiters.wait(conferenceId, version, signal);
  }

  async forget(conferenceId: string): Promise<void> {
    this.#database.transact(() => this.#deleteConference.run(conferenceId));
    this.#waiters.wake(conferenceId);
    await this.#database.synced();
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#waiters.wakeAll();
    return Promise.resolve();
  }

  #conference(id: string): { readonly created: unknown; readonly version: number } | undefined {
    const row = this.#selectConference.get(id);
    return row && { created: row['created'], version: Number(row['version']) };
  }
}

/** Only events that this class wrote are in the table. */
function eventOf(text: unknown): HistoryEvent {
  return JSON.parse(String(text)) as HistoryEvent;
}
