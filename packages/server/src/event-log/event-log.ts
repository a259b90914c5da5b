import type { ConferenceCreatedEvent, ConferenceState, HistoryEvent } from '@parley-rtc/contract';

/** What a later process continues from. */
export interface LoadedHistory {
  /** The id of the creation event, which distinguishes this conference from earlier ones with its id. */
  readonly creationId: string;
  readonly state: ConferenceState;
  readonly events: readonly HistoryEvent[];
}

/**
 * The histories of all conferences: append-only, one per conference, each starting with its creation event or, once
 * it is long, with a checkpoint.
 *
 * An event's place is its `conferenceVersion`, so a late append fails on its own and no lock is needed, within one
 * node or between nodes.
 */
export interface EventLog {
  /** Starts a history. False, without any change, if one with this conference id exists. */
  begin(created: ConferenceCreatedEvent): Promise<boolean>;
  /**
   * Appends all of `events` or none; the first carries `expectedVersion`. Wakes the callers waiting for them. Resolves
   * when they are as durable as this log can make them. Returns false immediately, without any change, if the history
   * is not at `expectedVersion` or does not exist.
   */
  append(conferenceId: string, expectedVersion: number, events: readonly HistoryEvent[]): Promise<boolean>;
  /**
   * The events from `fromVersion` on, oldest first, or without it the whole history with its creation event. Undefined
   * if there is no such history. Includes events whose append has not resolved yet, so that one command can build on
   * the previous one; wait until they are {@link settled} before showing them to a caller. Stops before the event that
   * would exceed `maxBytes`, but returns at least one if there is one.
   */
  read(
    conferenceId: string,
    fromVersion?: number,
    maxBytes?: number,
  ): Promise<readonly HistoryEvent[] | undefined>;
  /** The last checkpoint of a history, and all events after it. Undefined if there is no such history. */
  load(conferenceId: string): Promise<LoadedHistory | undefined>;
  /**
   * Lets the log bound a history. `head` is the state after the last append: once enough events followed the last
   * checkpoint, the log keeps `head` as one. It then drops the events before the last checkpoint that as many bytes of
   * events follow as a history may have. Positions before that checkpoint are then gone: see {@link versionIdAt}.
   */
  checkpoint(head: ConferenceState): Promise<void>;
  /**
   * The id of the event that led to `version`, or of the creation event for version 0. Undefined if the history does not
   * have that event. Two histories that agree on it agree on everything before it.
   */
  versionIdAt(conferenceId: string, version: number): Promise<string | undefined>;
  /** Resolves when everything that was read is durable; rejects if it could not be made durable. */
  settled(): Promise<void>;
  /** The ids of all histories, for a server that starts on an existing log. */
  conferenceIds(): Promise<readonly string[]>;
  /**
   * Resolves as soon as the history reaches an event at or past `version` or is dropped, `signal` aborts, or the log
   * closes. Never rejects.
   */
  wait(conferenceId: string, version: number, signal: AbortSignal): Promise<void>;
  /** Drops a history. */
  forget(conferenceId: string): Promise<void>;
  /** Ends all current and future waits. Commands under way can still read and append. */
  close(): Promise<void>;
}
