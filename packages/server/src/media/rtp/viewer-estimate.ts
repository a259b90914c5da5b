import type { ReportBlock } from './rtcp.ts';

/** An estimate that falls to this share of the one before is a link that fills up (libwebrtc falls to 85 % and rises slowly). */
const isFalling = 0.97;
/** Above this share of loss a link is taken to be full, below the lower one to have room (as libwebrtc does). */
const heavyLoss = 0.1;
const lightLoss = 0.02;
/** Reports come with each repair request too; loss is judged over this time, and over no fewer packets than these. */
const lossWindowMs = 500;
const leastPackets = 10;
/** What is lost until then was sent before the limit. */
const lowerAgainAfterMs = 1_000;
/** A link that was found full is tried again after this time without loss, with this much more. */
const growAfterMs = 2_000;
const growBy = 1.5;
/** A limit that has grown to this multiple of what is sent limits nothing. */
const forgetAbove = 4;

type LossCounts = Pick<ReportBlock, 'ssrc' | 'packetsLost' | 'highestSequenceNumber'>;

/**
 * What a viewer's link carries, in bits per second, as far as it showed that it carries no more: by an estimate (REMB) that
 * fell, or by loss. An estimate by itself is no limit: browsers never report more than about 1.5 times what they get, so a
 * viewer of a small layer could not rise. A limit is lifted bit by bit, and the layer above is then the trial.
 */
export class ViewerEstimate {
  #reportedBps: number | undefined;
  #limitBps = Number.POSITIVE_INFINITY;
  #changedMs = Number.NEGATIVE_INFINITY;
  #loweredMs = Number.NEGATIVE_INFINITY;
  readonly #counts = new Map<number, LossCounts>();
  #expected = 0;
  #lost = 0;
  #windowSinceMs = Number.NEGATIVE_INFINITY;

  /** The viewer's own estimate. */
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

  /** Reports about packets of ours; `sentBps` is what went to the viewer in the last second. */
  lost(reports: readonly LossCounts[], sentBps: number, nowMs: number): void {
    for (const { ssrc, packetsLost, highestSequenceNumber } of reports) {
      const before = this.#counts.get(ssrc);
      this.#counts.set(ssrc, { ssrc, packetsLost, highestSequenceNumber });
      if (!before) continue;
      this.#expected += highestSequenceNumber - before.highestSequenceNumber;
      this.#lost += packetsLost - before.packetsLost;
    }
    if (nowMs - this.#windowSinceMs < lossWindowMs || this.#expected < leastPackets) return;
    const loss = Math.min(1, Math.max(0, this.#lost / this.#expected));
    this.#expected = 0;
    this.#lost = 0;
    this.#windowSinceMs = nowMs;
    this.#judge(loss, sentBps, nowMs);
  }

  /** Undefined when no limit is known, so that nothing is held back. */
  get bitrateBps(): number | undefined {
    return this.#limitBps === Number.POSITIVE_INFINITY ? undefined : this.#limitBps;
  }

  #judge(loss: number, sentBps: number, nowMs: number): void {
    if (loss > heavyLoss) {
      if (nowMs - this.#loweredMs < lowerAgainAfterMs) return;
      this.#limitBps = Math.min(this.#limitBps, sentBps) * (1 - loss / 2);
      this.#loweredMs = nowMs;
      this.#changedMs = nowMs;
    } else if (loss >= lightLoss) {
      this.#changedMs = nowMs;
    } else if (nowMs - this.#changedMs >= growAfterMs && this.#limitBps < Number.POSITIVE_INFINITY) {
      this.#limitBps *= growBy;
      this.#changedMs = nowMs;
      if (this.#limitBps > sentBps * forgetAbove) this.#limitBps = Number.POSITIVE_INFINITY;
    }
  }
}
