import type { ReportBlock } from '../wire/rtcp.ts';
import { heavyLoss, lightLoss, LossWindow, type LossShare } from './loss-window.ts';

/**
 * An estimate that falls to this share of the previous one means that the link fills up (libwebrtc falls to 85 % and
 * rises slowly).
 */
const isFalling = 0.97;
/** Losses until then are of packets sent before the limit. */
const lowerAgainAfterMs = 1_000;
/** A link that was full is retried after this time without packet loss, with this much more. */
const growAfterMs = 2_000;
const growBy = 1.5;
/** A limit this many times above the sent rate limits nothing. */
const forgetAbove = 4;

type LossCounts = Pick<ReportBlock, 'ssrc' | 'packetsLost' | 'highestSequenceNumber'>;

/**
 * The capacity of a viewer's link in bits per second, once it reached its limit: by an estimate (REMB) that fell, or
 * by packet loss. An estimate alone is not a limit: browsers never report more than about 1.5 times what they receive,
 * so a viewer of a small layer could never rise. The limit is raised step by step, and the next layer is then the
 * test.
 */
export class ViewerEstimate {
  #reportedBps: number | undefined;
  #limitBps = Number.POSITIVE_INFINITY;
  #changedMs = Number.NEGATIVE_INFINITY;
  #loweredMs = Number.NEGATIVE_INFINITY;
  readonly #counts = new Map<number, LossCounts>();
  readonly #losses = new LossWindow();

  /** Takes the viewer's own estimate. */
  reported(bitrateBps: number, nowMs: number): void {
    const isLess = this.#reportedBps !== undefined && bitrateBps < this.#reportedBps * isFalling;
    this.#reportedBps = bitrateBps;
    if (isLess) {
      this.#limitBps = Math.min(this.#limitBps, bitrateBps);
      this.#changedMs = nowMs;
      this.#loweredMs = nowMs;
    } else if (this.#limitBps < bitrateBps && this.#limitBps < Number.POSITIVE_INFINITY) {
      this.#limitBps = bitrateBps;
    }
  }

  /** Takes reports about our packets; `sentBps` is the rate sent to the viewer during the last second. */
  lost(reports: readonly LossCounts[], sentBps: number, nowMs: number): void {
    let expected = 0;
    let lost = 0;
    for (const { ssrc, packetsLost, highestSequenceNumber } of reports) {
      const before = this.#counts.get(ssrc);
      this.#counts.set(ssrc, { ssrc, packetsLost, highestSequenceNumber });
      if (!before) continue;
      expected += highestSequenceNumber - before.highestSequenceNumber;
      lost += packetsLost - before.packetsLost;
    }
    const share = this.#losses.add(expected, lost, nowMs);
    if (share !== undefined) this.#judge(share, sentBps, nowMs);
  }

  /** Undefined when no limit is known, so that nothing is held back. */
  get bitrateBps(): number | undefined {
    return this.#limitBps === Number.POSITIVE_INFINITY ? undefined : this.#limitBps;
  }

  #judge({ measured, certain }: LossShare, sentBps: number, nowMs: number): void {
    if (certain > heavyLoss) {
      if (nowMs - this.#loweredMs < lowerAgainAfterMs) return;
      this.#limitBps = Math.min(this.#limitBps, sentBps) * (1 - measured / 2);
      this.#loweredMs = nowMs;
      this.#changedMs = nowMs;
    } else if (measured >= lightLoss) {
      this.#changedMs = nowMs;
    } else if (nowMs - this.#changedMs >= growAfterMs && this.#limitBps < Number.POSITIVE_INFINITY) {
      this.#limitBps *= growBy;
      this.#changedMs = nowMs;
      if (this.#limitBps > sentBps * forgetAbove) this.#limitBps = Number.POSITIVE_INFINITY;
    }
  }
}
