import type { StoredLogin } from '../auth/refresh-tokens.ts';
import type { StoredSigningKey } from '../auth/signing-key.ts';
import type { StoredTicket } from '../auth/tickets.ts';
import type { StoredEndpoint } from '../endpoints/user-endpoints.ts';
import type { EventLog } from '../event-log/event-log.ts';
import type { Records } from './records.ts';

/** All that a server remembers. */
export interface Storage {
  readonly log: EventLog;
  readonly signingKeys: Records<StoredSigningKey>;
  readonly refreshTokens: Records<StoredLogin>;
  readonly tickets: Records<StoredTicket>;
  readonly userEndpoints: Records<StoredEndpoint>;
  /** Gives the space of what was deleted back. */
  compact(): void;
  /** Lets go of the data folder. Nothing may be asked afterwards. */
  close(): Promise<void>;
}
