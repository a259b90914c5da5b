import { join } from 'node:path';
import { countLostFrames } from './count-lost-frames.ts';
import { MemoryEventLog } from './memory-event-log.ts';
import { MemoryMessageLog } from './memory-message-log.ts';
import { openDatabase } from './open-database.ts';
import { noRecords } from './records.ts';
import { SqliteEventLog } from './sqlite-event-log.ts';
import { SqliteMessageLog } from './sqlite-message-log.ts';
import { SqliteRecords } from './sqlite-records.ts';
import type { Storage } from './storage.ts';

/** How much to keep of each conference, in bytes. Default: all. */
export interface KeptBytes {
  readonly historyBytes?: number;
  readonly keptMessageBytes?: number;
}

/**
 * Opens the configured storage: everything in `dataDir`, or in memory if that is undefined. Of each conference it keeps about
 * `historyBytes` of its history, and `keptMessageBytes` of messages.
 *
 * @throws {@link ConfigError} (`ERR_CONFIG`) for an unusable `dataDir`.
 */
export async function openStorage(
  dataDir: string | undefined,
  { historyBytes, keptMessageBytes }: KeptBytes = {},
): Promise<Storage> {
  if (dataDir === undefined) {
    return {
      log: new MemoryEventLog(historyBytes),
      messages: new MemoryMessageLog(keptMessageBytes),
      warnings: [],
      records: () => noRecords,
      compact: () => {},
      check: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
  }
  const lostFrames = countLostFrames(join(dataDir, 'parley.sqlite-wal'));
  const database = await openDatabase(dataDir);
  return {
    log: new SqliteEventLog(database, historyBytes),
    messages: new SqliteMessageLog(database, keptMessageBytes),
    warnings: lostFrames === 0 ? [] : [damageOf(dataDir, lostFrames)],
    records: (name) => (name === 'visitors' ? noRecords : new SqliteRecords(database, name)),
    compact: () => {
      database.compact();
    },
    check: () => database.check(),
    close: () => database.close(),
  };
}

function damageOf(dataDir: string, lostFrames: number): string {
  return `The write-ahead log in "${dataDir}" is damaged: its last changes (${lostFrames} pages) are lost, and conferences may be set back. Clients recover by themselves. Check the disk, or restore a backup.`;
}
