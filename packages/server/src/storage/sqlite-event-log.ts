import type { StatementSync } from 'node:sqlite';
import {
  createdConference,
  type ConferenceCreatedEvent,
  type ConferenceState,
  type HistoryEvent,
} from '@parley-rtc/contract';
import { firstToKeep, isCheckpointDue, type Checkpoint } from '../event-log/checkpoints.ts';
import type { EventLog, LoadedHistory } from '../event-log/event-log.ts';
import { Waiters } from '../event-log/waiters.ts';
import type { Database } from './database.ts';
import { parseStored } from './parse-stored.ts';

/**
 * An event log that survives the process. A command's events become durable together or not at all. Keeps about
 * `historyBytes` of events of each history.
 */
export class SqliteEventLog implements EventLog {
  readonly #database: Database;
  readonly #waiters = new Waiters();
  readonly #insertConference: StatementSync;
  readonly #step: StatementSync;
  readonly #insertEvent: StatementSync;
  readonly #selectConference: StatementSync;
  readonly #selectEvents: StatementSync;
  readonly #selectVersionId: StatementSync;
  readonly #selectIds: StatementSync;
  readonly #deleteConference: StatementSync;
  readonly #selectCheckpoints: StatementSync;
  readonly #selectLastState: StatementSync;
  readonly #insertCheckpoint: StatementSync;
  readonly #deleteCheckpoints: StatementSync;
  readonly #deleteEvents: StatementSync;
  readonly #historyBytes: number;
  #isClosed = false;

  constructor(database: Database, historyBytes: number = Infinity) {
    this.#database = database;
    this.#historyBytes = historyBytes;
    const prepare = (sql: string): StatementSync => database.prepare(sql);
    this.#insertConference = prepare(
      'INSERT INTO conferences (id, created, version) VALUES (?, ?, 0) ON CONFLICT DO NOTHING',
    );
    this.#step = prepare(
      'UPDATE conferences SET version = ?, bytes = bytes + ? WHERE id = ? AND version = ?',
    );
    this.#insertEvent = prepare('INSERT INTO events (conference_id, version, event) VALUES (?, ?, ?)');
    this.#selectConference = prepare('SELECT created, version, bytes FROM conferences WHERE id = ?');
    this.#selectEvents = prepare(
      'SELECT event FROM events WHERE conference_id = ? AND version >= ? ORDER BY version',
    );
    this.#selectVersionId = prepare(
      `SELECT event ->> 'id' AS id FROM events WHERE conference_id = $conferenceId AND version = $version - 1
       UNION ALL
       SELECT created ->> 'id' FROM conferences WHERE id = $conferenceId AND $version = 0 AND
         (version = 0 OR EXISTS (SELECT 1 FROM events WHERE conference_id = $conferenceId AND version = 0))`,
    );
    this.#selectIds = prepare('SELECT id FROM conferences ORDER BY rowid');
    this.#selectCheckpoints = prepare(
      'SELECT version, bytes_before, length(state) AS state_bytes FROM checkpoints WHERE conference_id = ? ORDER BY version',
    );
    this.#selectLastState = prepare(
      'SELECT state FROM checkpoints WHERE conference_id = ? ORDER BY version DESC LIMIT 1',
    );
    this.#insertCheckpoint = prepare(
      'INSERT INTO checkpoints (conference_id, version, bytes_before, state) VALUES (?, ?, ?, ?)',
    );
    this.#deleteCheckpoints = prepare('DELETE FROM checkpoints WHERE conference_id = ? AND version < ?');
    this.#deleteEvents = prepare('DELETE FROM events WHERE conference_id = ? AND version < ?');
    // This deletes its events and checkpoints too (ON DELETE CASCADE).
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
      const texts = events.map((event) => JSON.stringify(event));
      const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
      const { changes } = this.#step.run(nextVersion, bytes, conferenceId, expectedVersion);
      if (changes === 0) return false;
      for (const [index, text] of texts.entries()) {
        this.#insertEvent.run(conferenceId, expectedVersion + index, text);
      }
      return true;
    });
    if (!isAppended) return false;
    await this.#database.synced();
    this.#waiters.wake(conferenceId, nextVersion);
    return true;
  }

  read(
    conferenceId: string,
    fromVersion?: number,
    maxBytes: number = Infinity,
  ): Promise<readonly HistoryEvent[] | undefined> {
    const conference = this.#conference(conferenceId);
    if (!conference) return Promise.resolve(undefined);
    if (fromVersion !== undefined && fromVersion >= conference.version) return Promise.resolve([]);
    const events = fromVersion === undefined ? [eventOf(conference.created)] : [];
    let bytes = 0;
    for (const { event } of this.#selectEvents.iterate(conferenceId, fromVersion ?? 0)) {
      bytes += Buffer.byteLength(String(event));
      if (events.length > 0 && bytes > maxBytes) break;
      events.push(eventOf(event));
    }
    return Promise.resolve(events);
  }

  load(conferenceId: string): Promise<LoadedHistory | undefined> {
    const conference = this.#conference(conferenceId);
    if (!conference) return Promise.resolve(undefined);
    const created = parseStored<ConferenceCreatedEvent>(conference.created);
    const last = this.#selectLastState.get(conferenceId);
    const state = last ? parseStored<ConferenceState>(last['state']) : createdConference(created);
    const rows = this.#selectEvents.all(conferenceId, state.version);
    return Promise.resolve({
      creationId: created.id,
      state,
      events: rows.map(({ event }) => eventOf(event)),
    });
  }

  async checkpoint(head: ConferenceState): Promise<void> {
    const conference = this.#conference(head.id);
    if (conference?.version !== head.version) return;
    const { bytes } = conference;
    const checkpoints = this.#checkpoints(head.id);
    const last = checkpoints.at(-1);
    if (!last || !isCheckpointDue(last, bytes, this.#historyBytes)) return;
    checkpoints.push({ version: head.version, bytesBefore: bytes, stateBytes: 0 });
    const first = checkpoints[firstToKeep(checkpoints, bytes, this.#historyBytes)]?.version ?? 0;
    this.#database.transact(() => {
      this.#insertCheckpoint.run(head.id, head.version, bytes, JSON.stringify(head));
      this.#deleteCheckpoints.run(head.id, first);
      // The event before the first checkpoint stays: its id names the checkpoint's version.
      this.#deleteEvents.run(head.id, first - 1);
    });
    await this.#database.synced();
  }

  versionIdAt(conferenceId: string, version: number): Promise<string | undefined> {
    const row = this.#selectVersionId.get({ conferenceId, version });
    return Promise.resolve(row && String(row['id']));
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

  #conference(
    id: string,
  ): { readonly created: unknown; readonly version: number; readonly bytes: number } | undefined {
    const row = this.#selectConference.get(id);
    return row && { created: row['created'], version: Number(row['version']), bytes: Number(row['bytes']) };
  }

  /** Oldest first. A history that was never cut begins with its creation. */
  #checkpoints(id: string): StoredCheckpoint[] {
    const stored = this.#selectCheckpoints.all(id).map((row) => ({
      version: Number(row['version']),
      bytesBefore: Number(row['bytes_before']),
      stateBytes: Number(row['state_bytes']),
    }));
    const isWhole = this.#selectVersionId.get({ conferenceId: id, version: 0 }) !== undefined;
    return isWhole ? [{ version: 0, bytesBefore: 0, stateBytes: 0 }, ...stored] : stored;
  }
}

interface StoredCheckpoint extends Checkpoint {
  readonly version: number;
}

/** The table holds only events that this class wrote. */
function eventOf(text: unknown): HistoryEvent {
  return parseStored<HistoryEvent>(text);
}
