/** Counters of a receiver, and whether its video should flow. */
export interface FrameSample {
  readonly atMs: number;
  readonly packets: number;
  readonly frames: number;
  /** Whether the video is connected, requested from the server, and not muted by its publisher. */
  readonly isExpected: boolean;
}

export interface FrameJudgement {
  /** The sample since which no frame was decoded. */
  readonly since: FrameSample;
  readonly isStuck: boolean;
}

const stuckMs = 10_000;

/**
 * Decides with each new sample whether a video is stuck: no frame for 10 s although frames are expected. A `mayBeStill` video
 * (a shared screen on which nothing moves) is stuck only if packets arrive, or if it never had a frame.
 */
export function judgeFrames(
  before: FrameJudgement | undefined,
  sample: FrameSample,
  mayBeStill: boolean,
): FrameJudgement {
  if (!before || !sample.isExpected || !before.since.isExpected || sample.frames > before.since.frames) {
    return { since: sample, isStuck: false };
  }
  const { since } = before;
  const isStill = mayBeStill && sample.frames > 0 && sample.packets === since.packets;
  return { since, isStuck: !isStill && sample.atMs - since.atMs >= stuckMs };
}
