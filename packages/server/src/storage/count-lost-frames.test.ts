import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { countLostFrames } from './count-lost-frames.ts';
import { openStorage } from './open-storage.ts';

const rows = 6;

/** Writes rows, one transaction each, and returns a copy of the files as a killed process leaves them. */
function killedDatabase(): { readonly database: string; readonly log: string } {
  const folder = temporaryFolder();
  const source = join(folder, 'source.sqlite');
  const sqlite = new DatabaseSync(source);
  sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; CREATE TABLE numbers (number INTEGER)');
  for (let row = 0; row < rows; row += 1) sqlite.exec(`INSERT INTO numbers VALUES (${row})`);
  const database = join(folder, 'copy.sqlite');
  copyFileSync(source, database);
  copyFileSync(`${source}-wal`, `${database}-wal`);
  sqlite.close();
  return { database, log: `${database}-wal` };
}

function countRows(database: string): number {
  const sqlite = new DatabaseSync(database);
  try {
    return Number(sqlite.prepare('SELECT count(*) AS count FROM numbers').get()?.['count']);
  } catch {
    // Even the table is lost.
    return 0;
  } finally {
    sqlite.close();
  }
}

it('counts nothing without a log, and nothing in a whole one', () => {
  expect(countLostFrames(join(temporaryFolder(), 'none'))).toBe(0);
  const { database, log } = killedDatabase();
  expect(countLostFrames(log)).toBe(0);
  expect(countRows(database)).toBe(rows);
});

it('counts lost frames exactly when SQLite loses rows, wherever one bit before the last frame has flipped', () => {
  const { database, log } = killedDatabase();
  const [wholeDatabase, wholeLog] = [readFileSync(database), readFileSync(log)];
  // In the last frame, damaged salts look like a frame from before the last checkpoint.
  const end = wholeLog.length - 4_120;
  for (let place = 5; place < end; place += 997) {
    const bytes = Buffer.from(wholeLog);
    bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
    writeFileSync(database, wholeDatabase);
    writeFileSync(log, bytes);
    const lost = countLostFrames(log);
    expect([place, lost > 0]).toEqual([place, countRows(database) < rows]);
  }
});

it('is reported when the storage opens', async () => {
  const { database, log } = killedDatabase();
  const folder = temporaryFolder();
  copyFileSync(database, join(folder, 'parley.sqlite'));
  const bytes = readFileSync(log);
  bytes.writeUInt8(bytes.readUInt8(9_000) ^ 1, 9_000);
  writeFileSync(join(folder, 'parley.sqlite-wal'), bytes);
  const storage = await openStorage(folder);
  expect(storage.warnings).toEqual([expect.stringMatching(/write-ahead log .* is damaged/)]);
  await storage.close();
});

it('warns of nothing when the storage opens without damage', async () => {
  const storage = await openStorage(temporaryFolder());
  expect(storage.warnings).toEqual([]);
  await storage.close();
});
