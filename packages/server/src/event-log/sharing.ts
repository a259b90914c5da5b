/** Messages to all nodes, this one included. All nodes receive them in the same order. */
export interface Channel<Message> {
  /** Sends a message; {@link Sharing.flushed} resolves when it is stored. */
  publish(message: Message): void;
  /**
   * Calls `listener` with each message. `place` increases with each message, and is the same at all nodes. A node that starts
   * also receives the messages of the last two minutes.
   */
  onMessage(listener: (message: Message, place: number, isOwn: boolean) => void): void;
}

/** What connects the processes that use the same storage. Absent where one process has the storage to itself. */
export interface Sharing {
  /** Resolves when this node knows everything that any node had acknowledged before the call. */
  caughtUp(): Promise<void>;
  /** Resolves when everything that this node wrote before the call is stored for all nodes; rejects if some of it is not. */
  flushed(): Promise<void>;
  /** Whether the caller is the first of all nodes to claim this name within `ttlMs`. */
  claim(name: string, ttlMs: number): Promise<boolean>;
  channel<Message>(name: string): Channel<Message>;
  /** Calls `listener` when a node appended to a history; {@link caughtUp} waits for what it returns. */
  onGrown(listener: (conferenceId: string, version: number) => Promise<void>): void;
  /** Calls `listener` when a node deleted a history. */
  onForgotten(listener: (conferenceId: string) => void): void;
  /** Calls `listener` with the ids of all histories when changes were missed, or the engine lost some. */
  onMissed(listener: (conferenceIds: readonly string[]) => Promise<void>): void;
  /** Whether the silence of a client means anything: while the engine is away, this node does not hear what others heard. */
  canJudgeSilence(): boolean;
  /** Calls `listener` when the engine answers again: until then, clients may have been heard elsewhere. */
  onContact(listener: () => void): void;
}
