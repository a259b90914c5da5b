/**
 * When a silent peer counts as lost before its ICE consent expires, which the engine notices after some 30 seconds
 * (RFC 7675). Browsers send RTCP as long as a page lives, every second with video and every 2.5 to 7.5 seconds with
 * audio alone, even while muted; so each peer's own interval defines silence. A peer that was not seen to report on a
 * timer may be silent as long as it consents.
 */
export const silenceLimits = {
  /** Number of RTCP intervals that a peer may miss; the longest interval seen counts. */
  missedRounds: 3,
  leastMs: 10_000,
  /** Below the engine's own limit of some 30 seconds. */
  mostMs: 25_000,
  /** A viewer that receives nothing for this long need not report; its silence counts from the next packet on. */
  sendingGapMs: 2_000,
  /** A longer gap between two checks means that this process was suspended. */
  ownPauseMs: 1_000,
} as const;

/** When a peer was heard, in milliseconds of a monotonic clock. */
export interface HeardPeer {
  /** Undefined before its first packet. */
  readonly heardMs: number | undefined;
  /** Whether it reports on a timer; otherwise its silence means nothing, and the engine watches its consent. */
  readonly hasReportTimer: boolean;
  /** The longest interval between two of its RTCP packets; undefined before the second. */
  readonly longestRoundMs: number | undefined;
  /** Whether it sends media: then it must be heard whether or not we send. */
  readonly isSender: boolean;
  /** When the current uninterrupted flow of media to it started; undefined without one. */
  readonly sendingSinceMs: number | undefined;
}

/** Whether the peer was silent for too long. */
export function isGone(peer: HeardPeer, nowMs: number): boolean {
  const { heardMs, hasReportTimer, longestRoundMs, isSender, sendingSinceMs } = peer;
  if (heardMs === undefined || !hasReportTimer) return false;
  if (!isSender && sendingSinceMs === undefined) return false;
  const { leastMs, mostMs, missedRounds } = silenceLimits;
  const limitMs =
    longestRoundMs === undefined
      ? mostMs
      : Math.min(mostMs, Math.max(leastMs, longestRoundMs * missedRounds));
  const sinceMs = isSender ? heardMs : Math.max(heardMs, sendingSinceMs ?? heardMs);
  return nowMs - sinceMs >= limitMs;
}
