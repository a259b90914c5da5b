/** What the benchmark asks of its client process. */
export type Order =
  | { readonly do: 'park'; readonly kind: 'poll' | 'push'; readonly readers: readonly Reader[] }
  | { readonly do: 'wake'; readonly commands: readonly Command[]; readonly pauseMs: number }
  | { readonly do: 'hang up' };

/** Somebody who waits for the events of a conference. */
export interface Reader {
  readonly conferenceId: string;
  readonly version: number;
}

/** A command that makes one event, and how many readers it reaches. */
export interface Command {
  readonly conferenceId: string;
  readonly userEndpointId: string;
  readonly readers: number;
}

/** What the client answers to each order. */
export interface Outcome {
  /** For `wake`: per reader and event, milliseconds from sending the command to having read the event. */
  readonly latenciesMs: readonly number[];
  /** For `wake`: per command, milliseconds until its answer, which is one bare round trip. */
  readonly roundTripsMs: readonly number[];
  /** For `wake`: per command, milliseconds until the last reader had the event. */
  readonly lastMs: readonly number[];
}
