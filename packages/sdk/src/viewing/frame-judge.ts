/** Counters of a receiver, and whether its video should flow. */
export interface FrameSample {
  readonly atMs: number;
  readonly packets: number;
  readonly frames: number;
  /** Connected, wanted from the server, and not muted by its publisher. */
  readonly isExpected: boolean;
}

export interface FrameJudgement {
  /** The sample since which no frame was decoded. */
  readonly since: FrameSample;
  readonly isStuck: boolean;
}

const stuckMs = 10_000;

/**
 * Whether a video is stuck, from one sample to the next. A `mayBeStill` one (a shared screen on which nothing moves)
 * is stuck only if packets arrive, or if it never showed anything.
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
