import { onTestFinished } from 'vitest';
import { openDatabase } from '../storage/open-database.ts';
import { describeEventLog } from '../testing/event-log-behaviour.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { SqliteEventLog } from './sqlite-event-log.ts';

describeEventLog(async () => {
  const database = await openDatabase(temporaryFolder());
  onTestFinished(() => database.close());
  return new SqliteEventLog(database);
});
