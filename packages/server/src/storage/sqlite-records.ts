import type { StatementSync } from 'node:sqlite';
import type { Database } from './database.ts';
import { parseStored } from './parse-stored.ts';
import type { Records } from './records.ts';

/** Records in a table with the columns `key` and `value`, the latter as JSON. */
export class SqliteRecords<Value> implements Records<Value> {
  readonly #database: Database;
  readonly #select: StatementSync;
  readonly #upsert: StatementSync;
  readonly #delete: StatementSync;

  constructor(database: Database, table: string) {
    this.#database = database;
    this.#select = database.prepare(`SELECT key, value FROM ${table} ORDER BY key`);
    this.#upsert = database.prepare(`INSERT OR REPLACE INTO ${table} (key, value) VALUES (?, ?)`);
    this.#delete = database.prepare(`DELETE FROM ${table} WHERE key = ?`);
  }

  entries(): readonly (readonly [string, Value])[] {
    return this.#select.all().map(({ key, value }) => [String(key), parseStored<Value>(value)] as const);
  }

  async put(key: string, value: Value): Promise<void> {
    this.#database.transact(() => this.#upsert.run(key, JSON.stringify(value)));
    await this.#database.synced();
  }

  async delete(key: string): Promise<void> {
    this.#database.transact(() => this.#delete.run(key));
    await this.#database.synced();
  }
}
