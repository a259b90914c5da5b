/**
 * When a peer counts as gone by its silence. Browsers send RTCP for as long as a page lives, every second with video and
 * every 2.5 to 7.5 seconds with audio alone, also while muted; so the peer's own rhythm says what silence is.
 */
export const silenceLimits = {
  /** RTCP rounds that a peer may miss; the longest one seen counts. */
  missedRounds: 3,
  leastMs: 10_000,
  /** Still before the engine's own limit of some 30 seconds. */
  mostMs: 25_000,
  /** A viewer that gets nothing for this long need not report; its silence counts from the next packet on. */
  sendingGapMs: 2_000,
  /** Longer between two looks, and it was this process that was asleep. */
  ownPauseMs: 1_000,
} as const;

/** How a peer was heard so far; times of a clock that never jumps. */
export interface HeardPeer {
  /** Undefined before its first packet: who was never heard is left to the engine. */
  readonly heardMs: number | undefined;
  /** The longest time between two of its RTCP packets; undefined before the second one. */
  readonly longestRoundMs: number | undefined;
  /** Whether media comes from it: then it must be heard whether or not we send. */
  readonly isSender: boolean;
  /** Since when media goes to it without a gap; undefined when none does. */
  readonly sendingSinceMs: number | undefined;
}

/** Whether the peer was silent for too long. */
export function isGone(peer: HeardPeer, nowMs: number): boolean {
  const { heardMs, longestRoundMs, isSender, sendingSinceMs } = peer;
  if (heardMs === undefined) return false;
  if (!isSender && sendingSinceMs === undefined) return false;
  const { leastMs, mostMs, missedRounds } = silenceLimits;
  const limitMs =
    longestRoundMs === undefined
      ? mostMs
      : Math.min(mostMs, Math.max(leastMs, longestRoundMs * missedRounds));
  const sinceMs = isSender ? heardMs : Math.max(heardMs, sendingSinceMs ?? heardMs);
  return nowMs - sinceMs >= limitMs;
}
