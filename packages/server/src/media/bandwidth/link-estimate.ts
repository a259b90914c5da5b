import { arrivalRingMs, type TransportArrivals } from '../wire/parse-transport-feedback.ts';
import { AcknowledgedRate } from './acknowledged-rate.ts';
import { DelayTrend } from './delay-trend.ts';
import { LossWindow, type LossShare } from './loss-window.ts';
import { PacketGroups } from './packet-groups.ts';
import type { RateControl } from './rate-control.ts';
import { SentTimes } from './sent-times.ts';
import { StandingQueue } from './standing-queue.ts';

/** A shorter queue does not justify sending less, whatever the trend. */
const tolerableWaitMs = 20;
/** A longer queue counts without a trend, if the link carries no more than this share of what is sent. */
const intolerableWaitMs = 40;
const shareOfFullLink = 0.9;
/** A queue that shrinks by this much between two reports is on a link that carries more than is sent. */
const drainingMs = 10;
/** Window for measuring the current flow. */
const flowWindowMs = 500;
/**
 * The capacity of a full link is measured from when packets started to wait, because earlier it carried something
 * else.
 */
const minFullWindowMs = 80;
const maxFullWindowMs = 300;
const minFullBytes = 4_000;
const comparedWindowMs = 1_000;
/** Reordering never exceeds this. */
const maxReorderingMs = 1_000;

/** What the views on one link share. */
export interface LinkParts {
  readonly control: RateControl;
  /** Bits per second that arrived by all other views within the latest window. */
  readonly othersBps: (windowMs: number) => number;
}

/** The rate of a view whose feedback is older than this is not known. */
const staleMs = 500;

/** What the latest feedback showed. */
export interface LinkState {
  /** Whether a queue is growing. */
  readonly isOverused: boolean;
  /** How long packets wait on the path. */
  readonly waitMs: number;
  /** When the newest arrived packet was sent. */
  readonly newestSentMs: number;
}

/**
 * Estimates the capacity of a viewer's link from the arrival of each packet (transport-wide feedback), as Google
 * congestion control does: from the trend of the delay, from packet loss, and from the arrival rate. The views of one viewer
 * each have one, all of which contribute to one {@link RateControl}.
 */
export class LinkEstimate {
  readonly #sent: SentTimes;
  readonly #groups = new PacketGroups();
  readonly #trend = new DelayTrend();
  readonly #queue = new StandingQueue();
  readonly #acknowledged = new AcknowledgedRate();
  readonly #losses = new LossWindow();
  readonly #control: RateControl;
  readonly #othersBps: LinkParts['othersBps'];
  #feedbackMs = Number.NEGATIVE_INFINITY;
  #ringOffsetMs = 0;
  #newestArrivedMs: number | undefined;
  #newestSentMs = Number.NEGATIVE_INFINITY;
  #waitsSinceMs: number | undefined;
  #isOverused = false;
  #seemedFull = false;
  #formerWaitMs = 0;

  /** Numbers packets starting with `firstNumber`. */
  constructor({ control, othersBps }: LinkParts, firstNumber = 0) {
    this.#control = control;
    this.#othersBps = othersBps;
    this.#sent = new SentTimes(firstNumber);
  }

  /** The transport-wide number of the next packet, not wrapped. */
  get nextNumber(): number {
    return this.#sent.next;
  }

  /** What the latest feedback showed. */
  get state(): LinkState {
    return { isOverused: this.#isOverused, waitMs: this.#queue.waitMs, newestSentMs: this.#newestSentMs };
  }

  /** Bits per second that arrived within the latest window. */
  arrivedBps(windowMs: number): number {
    return this.#acknowledged.over(windowMs);
  }

  /** The same as long as feedback arrives; otherwise 0. */
  freshlyArrivedBps(windowMs: number, nowMs: number): number {
    return nowMs - this.#feedbackMs > staleMs ? 0 : this.#acknowledged.over(windowMs);
  }

  /** Records a packet that leaves now, and returns its transport-wide number. */
  sent(bytes: number, nowMs: number): number {
    return this.#sent.add(bytes, nowMs);
  }

  /** A probe has shown that the link carries this much. */
  proven(bitrateBps: number): void {
    this.#control.proven(bitrateBps + this.#othersBps(maxFullWindowMs));
  }

  /** A probe has caused a queue where `flowedBps` caused none. Returns whether the estimate fell. */
  disproven(flowedBps: number, nowMs: number): boolean {
    const flowedByAllBps = flowedBps + this.#othersBps(maxFullWindowMs);
    return this.#control.overused(this.#carriedByAllBps(maxFullWindowMs), nowMs, flowedByAllBps);
  }

  /**
   * Takes feedback. `sentBps` is the rate sent during the last second; `isProbing` means that extra packets were sent
   * on purpose. Returns whether the estimate fell.
   */
  receive(
    { firstNumber, arrivedMs }: TransportArrivals,
    { sentBps, isProbing }: { readonly sentBps: number; readonly isProbing: boolean },
    nowMs: number,
  ): boolean {
    this.#feedbackMs = nowMs;
    let expected = 0;
    let lost = 0;
    for (let index = 0; index < arrivedMs.length; index += 1) {
      const number = this.#sent.extend((firstNumber + index) & 0xffff);
      if (number === undefined) continue;
      const ringMs = arrivedMs[index] ?? Number.NaN;
      if (Number.isNaN(ringMs)) {
        if (!this.#sent.lost(number)) continue;
        expected += 1;
        lost += 1;
        continue;
      }
      const packet = this.#sent.arrived(number);
      if (!packet) continue;
      if (packet.wasLost) lost -= 1;
      else expected += 1;
      this.#arrived(packet.sentMs, packet.bytes, this.#unwrap(ringMs));
    }
    this.#isOverused = this.#findOveruse(sentBps);
    return this.#judge(this.#losses.add(expected, lost, nowMs), isProbing, nowMs);
  }

  #arrived(sentMs: number, bytes: number, arrivedMs: number): void {
    // This arrival belongs to another server's packet with the same number, from before this estimate existed.
    if (arrivedMs < (this.#newestArrivedMs ?? arrivedMs) - maxReorderingMs) return;
    this.#newestSentMs = Math.max(this.#newestSentMs, sentMs);
    this.#acknowledged.add(bytes, arrivedMs);
    this.#queue.add(arrivedMs - sentMs, arrivedMs);
    const step = this.#groups.add(sentMs, arrivedMs);
    if (step) this.#trend.add(step);
    if (this.#queue.waitMs <= tolerableWaitMs) this.#waitsSinceMs = undefined;
    else this.#waitsSinceMs ??= arrivedMs;
  }

  /**
   * A large frame causes a short queue too, and so does a path or thread that stalled; but then the link carries more
   * than is sent once it resumes. Probes of other senders on the same link cause queues that soon vanish. So overuse
   * must show in two reports in a row.
   */
  #findOveruse(sentBps: number): boolean {
    const { waitMs } = this.#queue;
    const isJudged = waitMs > tolerableWaitMs && this.#hasWaitedMs >= minFullWindowMs;
    const carriedBps = isJudged ? this.#carriedBps(comparedWindowMs) : Number.POSITIVE_INFINITY;
    const isDraining = waitMs < this.#formerWaitMs - drainingMs;
    this.#formerWaitMs = waitMs;
    const isFull =
      !isDraining &&
      ((this.#trend.use === 'overuse' && carriedBps < sentBps) ||
        (waitMs > intolerableWaitMs && carriedBps < sentBps * shareOfFullLink));
    const wasFull = this.#seemedFull;
    this.#seemedFull = isFull;
    return isFull && wasFull;
  }

  #judge(loss: LossShare | undefined, isProbing: boolean, nowMs: number): boolean {
    const carriedBps = this.#carriedByAllBps(maxFullWindowMs);
    const fellByLoss = loss !== undefined && this.#control.lost(loss, carriedBps, nowMs);
    // Overuse by a probe is judged when the probe ends, which happens immediately.
    if (this.#isOverused) return (!isProbing && this.#control.overused(carriedBps, nowMs)) || fellByLoss;
    this.#control.flowed(this.#acknowledged.over(flowWindowMs) + this.#othersBps(flowWindowMs), nowMs);
    return fellByLoss;
  }

  get #hasWaitedMs(): number {
    return (this.#newestArrivedMs ?? 0) - (this.#waitsSinceMs ?? Number.NEGATIVE_INFINITY);
  }

  #carriedByAllBps(maxMs: number): number {
    return this.#carriedBps(maxMs) + this.#othersBps(this.#windowMs(maxMs));
  }

  /** While packets wait, the arrival rate is the link's capacity; too few packets say nothing. */
  #carriedBps(maxMs: number): number {
    const windowMs = this.#windowMs(maxMs);
    const carriedBps = this.#acknowledged.over(windowMs);
    return (carriedBps * windowMs) / 8_000 < minFullBytes ? this.#acknowledged.over(maxMs) : carriedBps;
  }

  #windowMs(maxMs: number): number {
    return Math.min(maxMs, Math.max(minFullWindowMs, this.#hasWaitedMs));
  }

  #unwrap(ringMs: number): number {
    const newestMs = this.#newestArrivedMs ?? ringMs;
    if (ringMs + this.#ringOffsetMs < newestMs - arrivalRingMs / 2) this.#ringOffsetMs += arrivalRingMs;
    const arrivedMs = ringMs + this.#ringOffsetMs;
    this.#newestArrivedMs = Math.max(newestMs, arrivedMs);
    return arrivedMs;
  }
}
