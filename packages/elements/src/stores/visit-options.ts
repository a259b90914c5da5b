import type { JoinOptions, TokenSource } from '@parley-rtc/sdk';

/** Where to go, and with what right. */
export interface VisitOptions {
  /** URL of the server. */
  readonly server: string;
  /** A ticket names the conference and gives the right to join it. A function is called for each login. */
  readonly ticket?: string | (() => string | Promise<string>) | undefined;
  /** Instead of a ticket: a token, with the conference. */
  readonly token?: TokenSource | undefined;
  readonly conferenceId?: string | undefined;
  /** Other options of `Conference.join`. */
  readonly joinOptions?: Partial<JoinOptions> | undefined;
}
