/** How often something may be asked. Whole numbers; `docs/server/limits.md` tells how they were chosen. */
export interface RateLimits {
  /** Calls of one user in a minute, with whatever tokens. A parked poll is one call, however long it waits. */
  readonly callsPerUser: number;
  /** Requests from one address in a minute: many users can share one. */
  readonly callsPerAddress: number;
  /** Tokens and tickets asked for from one address in a minute. */
  readonly loginsPerAddress: number;
  /** Wrong tickets, secrets and refresh tokens from one address in 15 minutes. What makes short tickets safe. */
  readonly failedLoginsPerAddress: number;
}

/** What holds unless the configuration says otherwise. */
export const defaultRateLimits: RateLimits = {
  callsPerUser: 6_000,
  callsPerAddress: 60_000,
  loginsPerAddress: 600,
  failedLoginsPerAddress: 50,
};
