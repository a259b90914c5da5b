import type { ConferenceCreatedEvent, HistoryEvent } from '@parley-rtc/contract';

/**
 * The histories of all conferences: append-only, one per conference, each begun by its creation event.
 *
 * An event's place is its `conferenceVersion`, so an append that comes too late fails by itself and no lock is needed,
 * here or between nodes.
 */
export interface EventLog {
  /** Begins a history. False when one with this conference id exists; then nothing changed. */
  begin(created: ConferenceCreatedEvent): Promise<boolean>;
  /**
   * Adds `events`, the first of which carries `expectedVersion`, all or none, and wakes those who wait for them.
   * Resolves when they are as safe as this log can make them. False, at once, when the history is not at
   * `expectedVersion` or does not exist; then nothing changed.
   */
  append(conferenceId: string, expectedVersion: number, events: readonly HistoryEvent[]): Promise<boolean>;
  /**
   * The events from `fromVersion` on, oldest first, or the whole history with its creation event when that is left
   * out. Undefined when there is no such history. Holds events whose append has not resolved yet, so that one command
   * can build on the one before; who tells others about them waits until they are {@link settled}.
   */
  read(conferenceId: string, fromVersion?: number): Promise<readonly HistoryEvent[] | undefined>;
  /** Resolves when everything that was read is safe; rejects when it could not be made so. */
  settled(): Promise<void>;
  /** The ids of all histories, for a server that starts on a log it did not write. */
  conferenceIds(): Promise<readonly string[]>;
  /**
   * Resolves as soon as the history holds an event at or past `version`, is forgotten, or `signal` aborts, or the
   * log is closed. Never rejects.
   */
  wait(conferenceId: string, version: number, signal: AbortSignal): Promise<void>;
  /** Drops a history. */
  forget(conferenceId: string): Promise<void>;
  /** Ends all waiting, now and in future. What is under way can still read and append. */
  close(): Promise<void>;
}
