import type { ConferenceMessageSentEvent } from '@parley-rtc/contract';

/** A message as it is stored. */
export interface StoredMessage extends ConferenceMessageSentEvent {
  /** The users of the endpoints in `to`, in the same order: after they left, other users can register these endpoints. */
  readonly toUsers?: readonly string[];
}

/** Who may have received a message. */
export interface MessageRecipient {
  readonly userEndpointId: string;
  readonly userId: string;
}

/** A message without its place, which the log assigns. */
export type UnplacedMessage = Omit<StoredMessage, 'sequence'>;

/**
 * The messages of all conferences, in the order in which they were accepted. Keeps about as many bytes of each conference's
 * newest messages as it was told.
 *
 * Sequences are based on the time, so that a log that lost messages, or all of them, assigns only new ones.
 */
export interface MessageLog {
  /**
   * Appends all messages, or none. One that the same endpoint sent before, with the same id, keeps its place. Returns each as it
   * is stored, in the same order. Resolves when they are as durable as this log can make them.
   */
  append(
    conferenceId: string,
    messages: readonly UnplacedMessage[],
    nowMs: number,
  ): Promise<readonly StoredMessage[]>;
  /** Which of these ids belong to messages that an endpoint sent and that are kept. */
  known(
    conferenceId: string,
    userEndpointId: string,
    messageIds: readonly string[],
  ): Promise<ReadonlySet<string>>;
  /**
   * The messages after a sequence, oldest first. Stops before the one that would exceed `maxBytes`, but returns at least one if
   * there is one.
   */
  after(conferenceId: string, sequence: number, maxBytes: number): Promise<readonly StoredMessage[]>;
  /** The sequence of the last message; 0 without one. */
  lastSequence(conferenceId: string): Promise<number>;
  /**
   * The sequence of the last message before an endpoint last joined; undefined if it never did. Only in a log that several nodes
   * share: elsewhere, the process that records the join can note it.
   */
  joinedAfter?(conferenceId: string, userEndpointId: string): Promise<number | undefined>;
  /** The sequence of the last message that was dropped; 0 without one. */
  droppedThrough(conferenceId: string): Promise<number>;
  /**
   * As {@link droppedThrough}, but only of those that the recipient would have received, as far as the log remembers that.
   */
  droppedFor(conferenceId: string, recipient: MessageRecipient): Promise<number>;
  /** Drops all messages of a conference. */
  forget(conferenceId: string): Promise<void>;
}
