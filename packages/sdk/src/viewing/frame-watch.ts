import { judgeFrames, type FrameJudgement } from './frame-judge.ts';

export interface FrameWatchOptions {
  /** The kind of media to watch. */
  readonly kind: 'video' | 'audio';
  /** The current receiver of that kind. */
  readonly receiver: () => RTCRtpReceiver | undefined;
  /** Whether media should flow now. */
  readonly isExpected: () => boolean;
  readonly mayBeStill: boolean;
  readonly onFirst: () => void;
  readonly onStuck: (arePacketsArriving: boolean) => void;
}

const shortestPauseMs = 50;
const longestPauseMs = 500;
const judgeEveryMs = 5_000;
/** A longer pause between two looks was not ours. */
const longestGapMs = 15_000;

/** Waits for the first frame, then reports a video that freezes. */
export class FrameWatch {
  readonly #options: FrameWatchOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hasFirst = false;
  #isClosed = false;
  #rounds = 0;
  #judgement: FrameJudgement | undefined;
  #lookedAtMs = Date.now();

  constructor(options: FrameWatchOptions) {
    this.#options = options;
    this.#next();
  }

  /** Call this when an element has shown a frame. */
  onFrame(): void {
    if (this.#hasFirst || this.#isClosed) return;
    this.#hasFirst = true;
    this.#options.onFirst();
    this.#next();
  }

  /** Starts judging from scratch: while a new path is negotiated, missing frames say nothing about the stream. */
  onNewPath(): void {
    this.#judgement = undefined;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #next(): void {
    clearTimeout(this.#timer);
    if (this.#isClosed || (this.#hasFirst && this.#options.kind === 'audio')) return;
    const pauseMs = this.#hasFirst
      ? judgeEveryMs
      : Math.min(shortestPauseMs * 2 ** this.#rounds, longestPauseMs);
    this.#rounds += 1;
    this.#timer = setTimeout(() => void this.#look(), pauseMs);
  }

  async #look(): Promise<void> {
    const { kind, receiver, isExpected, mayBeStill, onStuck } = this.#options;
    const { packets, frames } = await readCounters(receiver());
    if (this.#isClosed) return;
    if ((kind === 'video' ? frames : packets) > 0) this.onFrame();
    if (kind === 'video') {
      // The device slept, or the page was frozen, and the connection with it.
      if (Date.now() - this.#lookedAtMs > longestGapMs) this.#judgement = undefined;
      this.#lookedAtMs = Date.now();
      const wasStuck = this.#judgement?.isStuck ?? false;
      const sample = { atMs: Date.now(), packets, frames, isExpected: isExpected() };
      this.#judgement = judgeFrames(this.#judgement, sample, mayBeStill);
      if (this.#judgement.isStuck && !wasStuck) onStuck(packets > this.#judgement.since.packets);
    }
    this.#next();
  }
}

async function readCounters(
  receiver: RTCRtpReceiver | undefined,
): Promise<{ packets: number; frames: number }> {
  let packets = 0;
  let frames = 0;
  // A closed connection has no statistics.
  const report = await receiver?.getStats?.().catch(() => undefined);
  report?.forEach((stats: Partial<RTCInboundRtpStreamStats>) => {
    if (stats.type !== 'inbound-rtp') return;
    packets += stats.packetsReceived ?? 0;
    frames += stats.framesDecoded ?? 0;
  });
  return { packets, frames };
}
