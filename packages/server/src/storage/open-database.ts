import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ConfigError } from '../config/config-error.ts';
import { Database } from './database.ts';
import { migrations } from './migrations.ts';

/** SQLite's result codes that have a cause the operator can remove. */
const SQLITE_BUSY = 5;
const SQLITE_NOTADB = 26;

/**
 * Opens `parley.sqlite` in `folder`, makes both when they are missing, and brings the tables up to date. The file is
 * locked until it is closed or the process ends, however it ends; only its owner may read it.
 *
 * @throws {@link ConfigError} (`ERR_CONFIG`) when the folder cannot be written, another server uses it, or the file is
 * none of ours or was written by a newer version.
 */
export async function openDatabase(folder: string): Promise<Database> {
  const path = join(folder, 'parley.sqlite');
  let sqlite: DatabaseSync | undefined;
  try {
    makePrivate(folder, path);
    sqlite = new DatabaseSync(path, { timeout: 0 });
    prepareFile(sqlite, folder);
    return await Database.over(sqlite, path);
  } catch (error) {
    if (sqlite?.isOpen === true) sqlite.close();
    throw explained(error, folder);
  }
}

/** An existing file must not even be opened: to close it again would drop the lock of a server in this process. */
function makePrivate(folder: string, path: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(path, '', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    chmodSync(path, 0o600);
  }
}

function prepareFile(sqlite: DatabaseSync, folder: string): void {
  // auto_vacuum only takes effect before the first table, the lock only before the first use of the log.
  sqlite.exec('PRAGMA auto_vacuum = INCREMENTAL; PRAGMA locking_mode = EXCLUSIVE');
  sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
  sqlite.exec('BEGIN EXCLUSIVE');
  const version = Number(sqlite.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version > migrations.length) {
    throw new ConfigError(
      `PARLEY_DATA_DIR is "${folder}", whose data were written by a newer version (schema ${version}; this one knows ${migrations.length}). Start that version, or choose another folder.`,
    );
  }
  for (const step of migrations.slice(version)) sqlite.exec(step);
  // Written at each start: it makes sure that the file can be written, and that its log exists.
  sqlite.exec(`PRAGMA user_version = ${migrations.length}`);
  sqlite.exec('COMMIT; PRAGMA synchronous = NORMAL');
}

function explained(error: unknown, folder: string): unknown {
  if (error instanceof ConfigError) return error;
  const start = `PARLEY_DATA_DIR is "${folder}", `;
  const errcode = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  const options = { cause: error };
  if (errcode === SQLITE_BUSY) {
    return new ConfigError(
      `${start}which another running server uses. Stop that server, or choose another folder.`,
      options,
    );
  }
  if (errcode === SQLITE_NOTADB) {
    return new ConfigError(
      `${start}where parley.sqlite is not a database. Move that file away, or choose another folder.`,
      options,
    );
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new ConfigError(
    `${start}which cannot be used: ${reason}. Choose a folder that the server may write to.`,
    options,
  );
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
