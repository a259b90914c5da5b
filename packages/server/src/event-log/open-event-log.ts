import type { EventLog } from './event-log.ts';
import { MemoryEventLog } from './memory-event-log.ts';

/**
 * The log this configuration asks for: in memory when `dataDir` is undefined.
 *
 * @throws Error for a `dataDir`, because a log that outlives the process does not exist yet, and pretending to keep
 * conferences would lose them.
 */
export function openEventLog(dataDir: string | undefined): EventLog {
  if (dataDir !== undefined) {
    throw new Error(
      'PARLEY_DATA_DIR asks for conferences that survive a restart, which this version cannot do yet. Unset it to keep them in memory.',
    );
  }
  return new MemoryEventLog();
}
