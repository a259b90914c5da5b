import { MemoryEventLog } from '../event-log/memory-event-log.ts';
import { SqliteEventLog } from '../event-log/sqlite-event-log.ts';
import { openDatabase } from './open-database.ts';
import { noRecords } from './records.ts';
import { SqliteRecords } from './sqlite-records.ts';
import type { Storage } from './storage.ts';

/**
 * What the configuration asks for: everything in `dataDir`, or in memory when that is undefined.
 *
 * @throws {@link ConfigError} (`ERR_CONFIG`) for a `dataDir` that cannot be used.
 */
export async function openStorage(dataDir: string | undefined): Promise<Storage> {
  if (dataDir === undefined) {
    return {
      log: new MemoryEventLog(),
      signingKeys: noRecords,
      refreshTokens: noRecords,
      tickets: noRecords,
      userEndpoints: noRecords,
      compact: () => {},
      close: () => Promise.resolve(),
    };
  }
  const database = await openDatabase(dataDir);
  return {
    log: new SqliteEventLog(database),
    signingKeys: new SqliteRecords(database, 'signing_keys'),
    refreshTokens: new SqliteRecords(database, 'refresh_tokens'),
    tickets: new SqliteRecords(database, 'tickets'),
    userEndpoints: new SqliteRecords(database, 'user_endpoints'),
    compact: () => {
      database.compact();
    },
    close: () => database.close(),
  };
}
