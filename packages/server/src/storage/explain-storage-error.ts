import { join } from 'node:path';
import { ConfigError } from '../config-error.ts';
import { troubleOf, type Trouble } from '../health/trouble.ts';

/** SQLite result codes whose cause the operator can remove. */
const SQLITE_BUSY = 5;
const SQLITE_NOTADB = 26;

/** What to do about trouble with the data folder, in the words of the message. */
const explanations: Readonly<Partial<Record<Trouble['code'], (file: string) => string>>> = {
  data_damaged: (file) =>
    `whose file ${file} is damaged. Restore a backup of the folder, or move the file away to start empty.`,
  disk_full: () => 'whose disk is full. Free some space, or choose another folder.',
  disk_failed: () =>
    'whose disk cannot be written. Make it writable or replace it, or choose another folder.',
  no_descriptors: () =>
    'which cannot be opened: no file descriptors are left. Raise their limit (ulimit -n).',
};

/**
 * The error as the operator of the data folder should read it: a {@link ConfigError} that names the folder, the cause and
 * what to do.
 */
export function explainStorageError(error: unknown, folder: string): ConfigError {
  if (error instanceof ConfigError) return error;
  return new ConfigError(`PARLEY_DATA_DIR is "${folder}", ${explanationOf(error, folder)}`, { cause: error });
}

function explanationOf(error: unknown, folder: string): string {
  const errcode = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  if (errcode === SQLITE_BUSY) {
    return 'which another running server uses. Stop that server, or choose another folder.';
  }
  if (errcode === SQLITE_NOTADB) {
    return 'where parley.sqlite is not a database. Move that file away, or choose another folder.';
  }
  const trouble = troubleOf(error);
  const explain = trouble && explanations[trouble.code];
  if (explain) return explain(join(folder, 'parley.sqlite'));
  const reason = error instanceof Error ? error.message : String(error);
  return `which cannot be used: ${reason}. Choose a folder that the server may write to.`;
}
