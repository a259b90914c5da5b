import { type FrameJudgement, judgeFrames } from './frame-judge.ts';

export interface FrameWatchOptions {
  /** What the view is judged by. */
  readonly kind: 'video' | 'audio';
  /** The receiver of that kind, whichever it is by now. */
  readonly receiver: () => RTCRtpReceiver | undefined;
  /** Whether it should flow now. */
  readonly isExpected: () => boolean;
  readonly mayBeStill: boolean;
  readonly onFirst: () => void;
  readonly onStuck: (arePacketsArriving: boolean) => void;
}

const shortestPauseMs = 50;
const longestPauseMs = 500;
const judgeEveryMs = 5_000;

/** Waits for the first frame, then sees to it that a video does not stand still. */
export class FrameWatch {
  readonly #options: FrameWatchOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hasFirst = false;
  #isClosed = false;
  #rounds = 0;
  #judgement: FrameJudgement | undefined;

  constructor(options: FrameWatchOptions) {
    this.#options = options;
    this.#next();
  }

  /** An element has shown a frame. */
  onFrame(): void {
    if (this.#hasFirst || this.#isClosed) return;
    this.#hasFirst = true;
    this.#options.onFirst();
    this.#next();
  }

  /** A new path is being agreed on: that nothing came over the old one says nothing about the stream. */
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
  // A connection that closes meanwhile has no more to tell.
  const report = await receiver?.getStats?.().catch(() => undefined);
  report?.forEach((stats: Partial<RTCInboundRtpStreamStats>) => {
    if (stats.type !== 'inbound-rtp') return;
    packets += stats.packetsReceived ?? 0;
    frames += stats.framesDecoded ?? 0;
  });
  return { packets, frames };
}
