import { expect, it } from 'vitest';
import { MemoryEventLog } from './memory-event-log.ts';
import { openEventLog } from './open-event-log.ts';

it('keeps conferences in memory unless a folder is named, which it cannot do yet', () => {
  expect(openEventLog(undefined)).toBeInstanceOf(MemoryEventLog);
  expect(() => openEventLog('/data')).toThrow(/PARLEY_DATA_DIR.*Unset it/);
});
