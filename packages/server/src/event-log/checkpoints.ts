/** A state of a conference that the log keeps, so that the events before it are not needed. */
export interface Checkpoint {
  /** Bytes of all events before it. */
  readonly bytesBefore: number;
  /** Bytes of the stored state; 0 if it costs no space of its own. */
  readonly stateBytes: number;
}

/** How many checkpoints a full history has. More of them mean a shorter start, and more states to store. */
const checkpointsPerHistory = 8;

/**
 * Whether the state after `totalBytes` of events should become a checkpoint. No more is then read at a start than a part of
 * the history, and no more written for states than for events.
 */
export function isCheckpointDue(last: Checkpoint, totalBytes: number, historyBytes: number): boolean {
  return totalBytes - last.bytesBefore >= Math.max(historyBytes / checkpointsPerHistory, last.stateBytes);
}

/** Index of the checkpoint, oldest first, from which to keep events: the last one that `historyBytes` of events follow. */
export function firstToKeep(
  checkpoints: readonly Checkpoint[],
  totalBytes: number,
  historyBytes: number,
): number {
  const last = checkpoints.findLastIndex(({ bytesBefore }) => totalBytes - bytesBefore >= historyBytes);
  return Math.max(0, last);
}
