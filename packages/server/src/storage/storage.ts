import type { EventLog } from '../event-log/event-log.ts';
import type { MessageLog } from '../event-log/message-log.ts';
import type { Records } from './records.ts';

/** What is stored besides the conferences; each name is a table of the data folder. */
type RecordsName =
  'signing_keys' | 'refresh_tokens' | 'tickets' | 'user_endpoints' | 'revocations' | 'standings' | 'waiting';

/** All data that a server stores. */
export interface Storage {
  readonly log: EventLog;
  readonly messages: MessageLog;
  /** What the operator has to know about the stored data. */
  readonly warnings: readonly string[];
  /** The records of one name. Their owner defines the values, which must survive JSON. */
  records<Value>(name: RecordsName): Records<Value>;
  /** Returns the space of deleted data to the file system. */
  compact(): void;
  /** Writes and syncs without a change; rejects when the disk is full, fails, or holds damaged data. */
  check(): Promise<void>;
  /** Releases the data folder. Call nothing afterwards. */
  close(): Promise<void>;
}
