/** The benchmark's requests to its client process. */
export type Order =
  | { readonly do: 'park'; readonly kind: 'poll' | 'push' | 'mqtt'; readonly readers: readonly Reader[] }
  | {
      readonly do: 'wake';
      readonly commands: readonly Command[];
      /** Between two commands. */
      readonly pauseMs: number;
      /** Whether the commands of different conferences are sent at the same time. */
      readonly isConcurrent?: boolean;
    }
  | { readonly do: 'hang up' };

/** A reader that waits for the events of a conference. */
export interface Reader {
  readonly conferenceId: string;
  readonly version: number;
  /** The participant that reads, which only MQTT needs. */
  readonly endpointId?: string;
}

/** A command that causes one event, and the number of its readers. */
export interface Command {
  readonly conferenceId: string;
  readonly userEndpointId: string;
  readonly readers: number;
}

/** The client's responses. */
export interface Outcome {
  /** For `wake`: per reader and event, milliseconds from sending the command to reading the event. */
  readonly latenciesMs: readonly number[];
  /** For `wake`: per command, milliseconds until its response, which is one round trip. */
  readonly roundTripsMs: readonly number[];
  /** For `wake`: per command, milliseconds until the last reader received the event. */
  readonly lastMs: readonly number[];
}
