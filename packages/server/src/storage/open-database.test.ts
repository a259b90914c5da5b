import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ConfigError } from '../config-error.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { migrations } from './migrations.ts';
import { openDatabase } from './open-database.ts';

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe('the data folder', () => {
  it('is created if missing, accessible to its owner only', async () => {
    const folder = join(temporaryFolder(), 'deep', 'data');
    const database = await openDatabase(folder);
    expect(modeOf(folder)).toBe('700');
    expect(modeOf(join(folder, 'parley.sqlite'))).toBe('600');
    expect(modeOf(join(folder, 'parley.sqlite-wal'))).toBe('600');
    await database.close();
  });

  it('becomes private again after it was made public', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'parley.sqlite'), '', { mode: 0o644 });
    const database = await openDatabase(folder);
    onTestFinished(() => database.close());
    expect(modeOf(join(folder, 'parley.sqlite'))).toBe('600');
  });

  it('belongs to one server at a time', async () => {
    const folder = temporaryFolder();
    const database = await openDatabase(folder);
    for (const attempt of [1, 2]) {
      await expect(openDatabase(folder), `attempt ${attempt}`).rejects.toThrow(/another running server uses/);
    }
    await database.close();
    await (await openDatabase(folder)).close();
  });

  it.each([
    ['lies under a file', (folder: string) => join(folder, 'file', 'data'), /ENOTDIR.*may write to/],
    ['is a file', (folder: string) => join(folder, 'file'), /cannot be used: .*may write to/],
    [
      'holds something else',
      (folder: string) => folder,
      /where parley\.sqlite is not a database\. Move that file away, or choose another folder\.$/,
    ],
  ])('is refused when it %s', async (_, pathIn, message) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    writeFileSync(join(folder, 'parley.sqlite'), 'no database at all'.repeat(100));
    const opening = openDatabase(pathIn(folder));
    await expect(opening).rejects.toThrow(ConfigError);
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.toThrow(/^PARLEY_DATA_DIR is /);
  });

  it('is refused when a page is damaged, with the name of the file and what to do', async () => {
    const folder = temporaryFolder();
    await (await openDatabase(folder)).close();
    const path = join(folder, 'parley.sqlite');
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0xff, 100, 4_096));
    const opening = openDatabase(folder);
    await expect(opening).rejects.toThrow(ConfigError);
    await expect(opening).rejects.toThrow(/parley\.sqlite is damaged\. Restore a backup/);
  });

  it('is refused, unchanged, when a newer version wrote it', async () => {
    const folder = temporaryFolder();
    const newer = new DatabaseSync(join(folder, 'parley.sqlite'));
    newer.exec(`PRAGMA user_version = ${migrations.length + 1}`);
    newer.close();
    await expect(openDatabase(folder)).rejects.toThrow(/written by a newer version/);
    await expect(openDatabase(folder)).rejects.toThrow(/written by a newer version/);
  });
});

describe('a database', () => {
  it('applies all of a transaction or nothing', async () => {
    const database = await openDatabase(temporaryFolder());
    onTestFinished(() => database.close());
    const insert = database.prepare('INSERT INTO tickets (key, value) VALUES (?, ?)');
    const count = database.prepare('SELECT count(*) AS count FROM tickets');
    const twice = (): unknown => database.transact(() => [insert.run('a', '{}'), insert.run('a', '{}')]);
    expect(twice).toThrow(/UNIQUE/);
    expect(count.get()).toEqual({ count: 0 });
    database.transact(() => insert.run('a', '{}'));
    expect(count.get()).toEqual({ count: 1 });
  });

  it('returns freed space to the file system', async () => {
    const folder = temporaryFolder();
    const database = await openDatabase(folder);
    onTestFinished(() => database.close());
    const insert = database.prepare('INSERT INTO tickets (key, value) VALUES (?, ?)');
    const clear = database.prepare('DELETE FROM tickets');
    const sizeOf = (name: string): number => statSync(join(folder, name)).size;
    database.transact(() => insert.run('big', 'x'.repeat(1_000_000)));
    database.compact();
    expect(sizeOf('parley.sqlite')).toBeGreaterThan(1_000_000);
    database.transact(() => clear.run());
    database.compact();
    expect(sizeOf('parley.sqlite')).toBeLessThan(200_000);
    expect(sizeOf('parley.sqlite-wal')).toBe(0);
  });
});
