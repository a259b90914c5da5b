import { expect, it } from 'vitest';
import { DamagedDataError, troubleOf } from './trouble.ts';

const systemError = (code: string) => Object.assign(new Error('failed'), { code });
const sqliteError = (errcode: number) =>
  Object.assign(new Error('failed'), { code: 'ERR_SQLITE_ERROR', errcode });

it.each([
  ['disk_full', systemError('ENOSPC')],
  ['disk_full', systemError('EDQUOT')],
  ['disk_full', sqliteError(13)],
  ['disk_failed', systemError('EIO')],
  ['disk_failed', systemError('EROFS')],
  ['disk_failed', sqliteError(8)],
  ['disk_failed', sqliteError(10)],
  ['disk_failed', sqliteError(10 | (12 << 8))],
  ['data_damaged', sqliteError(11)],
  ['data_damaged', sqliteError(26)],
  ['data_damaged', new DamagedDataError('not JSON')],
  ['no_descriptors', systemError('EMFILE')],
  ['no_descriptors', systemError('ENFILE')],
  ['no_descriptors', sqliteError(14)],
  ['disk_full', new Error('outer', { cause: new Error('middle', { cause: systemError('ENOSPC') }) })],
  [undefined, sqliteError(19)],
  [undefined, systemError('ENOENT')],
  [undefined, new Error('a bug')],
  [undefined, 'no error at all'],
])('recognises %s (case %#)', (code, error) => {
  expect(troubleOf(error)?.code).toBe(code);
});
