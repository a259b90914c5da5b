import { open, type FileHandle } from 'node:fs/promises';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { DiskSync } from './disk-sync.ts';

/**
 * An open SQLite file in WAL mode with `synchronous = NORMAL`: a commit survives the death of the process as soon as
 * {@link transact} returns, and a power loss as soon as {@link synced} resolves.
 *
 * SQLite's own setting for the latter, `synchronous = FULL`, makes the same system call, but on this thread, which
 * also forwards media.
 */
export class Database {
  readonly #sqlite: DatabaseSync;
  readonly #wal: FileHandle;
  readonly #disk: DiskSync;

  private constructor(sqlite: DatabaseSync, wal: FileHandle) {
    this.#sqlite = sqlite;
    this.#wal = wal;
    this.#disk = new DiskSync(() => wal.datasync());
  }

  /** Takes over an open file whose write-ahead log exists. */
  static async over(sqlite: DatabaseSync, path: string): Promise<Database> {
    return new Database(sqlite, await open(`${path}-wal`, 'r+'));
  }

  /** Prepares a reusable statement. */
  prepare(sql: string): StatementSync {
    return this.#sqlite.prepare(sql);
  }

  /** Runs `work` in a transaction: all its writes take effect when it returns, none when it throws. */
  transact<Result>(work: () => Result): Result {
    this.#sqlite.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#sqlite.exec('COMMIT');
      this.#disk.note();
      return result;
    } catch (error) {
      // A full disk may have ended the transaction already.
      if (this.#sqlite.isTransaction) this.#sqlite.exec('ROLLBACK');
      throw error;
    }
  }

  /** Resolves when everything written so far is on the disk. Once the disk fails, rejects forever. */
  synced(): Promise<void> {
    return this.#disk.synced();
  }

  /** Writes and syncs a page without a change; throws or rejects when the disk refuses it. */
  async check(): Promise<void> {
    this.transact(() => {
      const version = this.#sqlite.prepare('PRAGMA user_version').get()?.['user_version'];
      this.#sqlite.exec(`PRAGMA user_version = ${Number(version)}`);
    });
    await this.synced();
  }

  /** Returns the space of deleted data to the file system. */
  compact(): void {
    this.#sqlite.exec('PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)');
  }

  /** Moves all data into the database file and releases it. */
  async close(): Promise<void> {
    await this.#disk.synced().catch(() => {});
    await this.#wal.close();
    this.#sqlite.close();
  }
}
