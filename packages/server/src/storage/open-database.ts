import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ConfigError } from '../config-error.ts';
import { Database } from './database.ts';
import { explainStorageError } from './explain-storage-error.ts';
import { migrations } from './migrations.ts';

/**
 * Opens `parley.sqlite` in `folder`, creates both if missing, and migrates the tables. The file stays locked until it
 * is closed or the process ends, even by a crash; only its owner may read it.
 *
 * @throws {@link ConfigError} (`ERR_CONFIG`) when the folder is not writable, another server uses it, or the file is
 * not a Parley database or was written by a newer version.
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
    throw explainStorageError(error, folder);
  }
}

/** An existing file must not even be opened: closing it again would release the lock of a server in this process. */
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
  // auto_vacuum must be set before the first table, the lock before the first use of the write-ahead log.
  sqlite.exec('PRAGMA auto_vacuum = INCREMENTAL; PRAGMA locking_mode = EXCLUSIVE');
  sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
  sqlite.exec('BEGIN EXCLUSIVE');
  const version = Number(sqlite.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version > migrations.length) {
    throw new ConfigError(
      `PARLEY_DATA_DIR is "${folder}", whose data was written by a newer version (schema ${version}; this one supports ${migrations.length}). Start that version, or choose another folder.`,
    );
  }
  for (const step of migrations.slice(version)) sqlite.exec(step);
  // Written at each start, to ensure that the file is writable and that its write-ahead log exists.
  sqlite.exec(`PRAGMA user_version = ${migrations.length}`);
  sqlite.exec('COMMIT; PRAGMA synchronous = NORMAL');
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
