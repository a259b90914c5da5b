import { open, type FileHandle } from 'node:fs/promises';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { DiskSync } from './disk-sync.ts';

/**
 * An open SQLite file in WAL mode with `synchronous = NORMAL`: a commit is safe from the death of the process as soon
 * as {@link transact} returns, and from the loss of power as soon as {@link synced} resolves.
 *
 * SQLite's own way to the latter, `synchronous = FULL`, is the same call on the same file, but made on this thread,
 * which also forwards media.
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

  /** A statement to be used many times. */
  prepare(sql: string): StatementSync {
    return this.#sqlite.prepare(sql);
  }

  /** Runs `work`, whose writes all take effect when it returns, and none when it throws. */
  transact<Result>(work: () => Result): Result {
    this.#sqlite.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#sqlite.exec('COMMIT');
      this.#disk.note();
      return result;
    } catch (error) {
      // A disk that is full may have ended the transaction already.
      if (this.#sqlite.isTransaction) this.#sqlite.exec('ROLLBACK');
      throw error;
    }
  }

  /** Resolves when everything written so far is on the disk. Rejects, from then on always, when the disk fails. */
  synced(): Promise<void> {
    return this.#disk.synced();
  }

  /** Gives the space of what was deleted back to the file system. */
  compact(): void {
    this.#sqlite.exec('PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)');
  }

  /** Writes everything into the one file and lets go of it. */
  async close(): Promise<void> {
    await this.#disk.synced().catch(() => {});
    await this.#wal.close();
    this.#sqlite.close();
  }
}
