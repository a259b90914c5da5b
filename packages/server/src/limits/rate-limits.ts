/** Maximum request rates. Whole numbers; `docs/server/limits.md` explains how they were chosen. */
export interface RateLimits {
  /** Calls of one user per minute, with any of their tokens. A parked poll is one call, however long it waits. */
  readonly callsPerUser: number;
  /** Requests from one address per minute; many users may share an address. */
  readonly callsPerAddress: number;
  /** Logins from one address with one ticket, login or client per minute, and new tickets of one user. */
  readonly loginsPerAddress: number;
  /** Wrong tickets and secrets from one address in 15 minutes that get their own answer; more get 429. */
  readonly failedLoginsPerAddress: number;
  /**
   * Wrong tickets and secrets from one address in 15 minutes after which tickets of less than nine characters are
   * refused unchecked. This limit makes short tickets safe.
   */
  readonly ticketGuessesPerAddress: number;
  /** Bytes of events that the commands of one user cause per minute. */
  readonly changedBytesPerUser: number;
  /** Messages of one user per minute. */
  readonly messagesPerUser: number;
  /** Streams published and views opened by one user per minute. */
  readonly mediaSetupsPerUser: number;
}

/** Rates that apply unless configured otherwise. */
export const defaultRateLimits: RateLimits = {
  callsPerUser: 6_000,
  callsPerAddress: 60_000,
  loginsPerAddress: 600,
  failedLoginsPerAddress: 50,
  ticketGuessesPerAddress: 200,
  changedBytesPerUser: 20 * 1024 * 1024,
  messagesPerUser: 1_200,
  mediaSetupsPerUser: 600,
};
