import { AcknowledgedRate } from './acknowledged-rate.ts';
import { DelayTrend } from './delay-trend.ts';
import { LossWindow } from './loss-window.ts';
import type { LossShare } from './loss-window.ts';
import { PacketGroups } from './packet-groups.ts';
import { arrivalRingMs } from './parse-transport-feedback.ts';
import type { TransportArrivals } from './parse-transport-feedback.ts';
import { RateControl } from './rate-control.ts';
import { SentTimes } from './sent-times.ts';
import { StandingQueue } from './standing-queue.ts';

/** A queue that is shorter is no reason to send less, whatever the trend. */
const tolerableWaitMs = 20;
/** A queue that is longer needs no trend, if a link carries no more than this share of what is sent. */
const intolerableWaitMs = 40;
const shareOfFullLink = 0.9;
/** A queue that becomes shorter by so much from one feedback to the next is on a link that carries more than is sent. */
const drainingMs = 10;
/** What flows is measured over this time. */
const flowWindowMs = 500;
/** What a full link carries is measured since packets wait, since it carried something else before. */
const leastFullWindowMs = 80;
const mostFullWindowMs = 300;
const leastFullBytes = 4_000;
const comparedWindowMs = 1_000;
/** Nothing overtakes a packet by more. */
const latestReorderingMs = 1_000;

/** What the last feedback told. */
export interface LinkState {
  /** Whether a queue is growing. */
  readonly isOverused: boolean;
  /** How long packets wait on the way. */
  readonly waitMs: number;
  /** When the newest packet that has arrived was sent. */
  readonly newestSentMs: number;
}

/**
 * Estimates what a viewer's link carries from the arrival of each packet (transport-wide feedback), as Google congestion
 * control does: by the trend of the delay, by loss, and by what arrives.
 */
export class LinkEstimate {
  readonly #sent: SentTimes;
  readonly #groups = new PacketGroups();
  readonly #trend = new DelayTrend();
  readonly #queue = new StandingQueue();
  readonly #acknowledged = new AcknowledgedRate();
  readonly #losses = new LossWindow();
  readonly #control = new RateControl();
  #ringOffsetMs = 0;
  #newestArrivedMs: number | undefined;
  #newestSentMs = Number.NEGATIVE_INFINITY;
  #waitsSinceMs: number | undefined;
  #isOverused = false;
  #seemedFull = false;
  #formerWaitMs = 0;

  /** Numbers packets from `firstNumber` on. */
  constructor(firstNumber = 0) {
    this.#sent = new SentTimes(firstNumber);
  }

  /** The transport-wide number that the next packet gets, not wrapped. */
  get nextNumber(): number {
    return this.#sent.next;
  }

  /** Undefined as long as the link has not shown that it carries no more. */
  get bitrateBps(): number | undefined {
    return this.#control.bitrateBps;
  }

  /** Whether the limit comes from a full link, and not from loss that may have other reasons. */
  get isFull(): boolean {
    return this.#control.isFull;
  }

  /** What the last feedback told. */
  get state(): LinkState {
    return { isOverused: this.#isOverused, waitMs: this.#queue.waitMs, newestSentMs: this.#newestSentMs };
  }

  /** Bits per second that arrived lately. */
  arrivedBps(windowMs: number): number {
    return this.#acknowledged.over(windowMs);
  }

  /** Notes a packet that leaves now; the answer is its transport-wide number. */
  sent(bytes: number, nowMs: number): number {
    return this.#sent.add(bytes, nowMs);
  }

  /** A probe has shown that the link carries so much. */
  proven(bitrateBps: number): void {
    this.#control.proven(bitrateBps);
  }

  /** A probe has made a queue, where `flowedBps` had made none. Says whether the estimate fell. */
  disproven(flowedBps: number, nowMs: number): boolean {
    return this.#control.overused(this.#carriedBps(mostFullWindowMs), nowMs, flowedBps);
  }

  /**
   * Takes feedback. `sentBps` is what was sent in the last second, and `isProbing` says that more than usual was sent on
   * purpose. Says whether the estimate fell.
   */
  receive(
    { firstNumber, arrivedMs }: TransportArrivals,
    { sentBps, isProbing }: { readonly sentBps: number; readonly isProbing: boolean },
    nowMs: number,
  ): boolean {
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
    // Another server's, under the same number: this one did not exist then.
    if (arrivedMs < (this.#newestArrivedMs ?? arrivedMs) - latestReorderingMs) return;
    this.#newestSentMs = Math.max(this.#newestSentMs, sentMs);
    this.#acknowledged.add(bytes, arrivedMs);
    this.#queue.add(arrivedMs - sentMs, arrivedMs);
    const step = this.#groups.add(sentMs, arrivedMs);
    if (step) this.#trend.add(step);
    if (this.#queue.waitMs <= tolerableWaitMs) this.#waitsSinceMs = undefined;
    else this.#waitsSinceMs ??= arrivedMs;
  }

  /**
   * A large frame makes a queue for a moment too, and so does a way or a thread that stood still; but then the link carries more
   * than is sent, once it goes on. What others try on the same link makes a queue that is gone soon, so that all of this has to
   * be told twice.
   */
  #findOveruse(sentBps: number): boolean {
    const { waitMs } = this.#queue;
    const isJudged = waitMs > tolerableWaitMs && this.#hasWaitedMs >= leastFullWindowMs;
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
    const carriedBps = this.#carriedBps(mostFullWindowMs);
    const fellByLoss = loss !== undefined && this.#control.lost(loss, carriedBps, nowMs);
    // What a probe overuses is judged when it ends, which is at once.
    if (this.#isOverused) return (!isProbing && this.#control.overused(carriedBps, nowMs)) || fellByLoss;
    this.#control.flowed(this.#acknowledged.over(flowWindowMs), nowMs);
    return fellByLoss;
  }

  get #hasWaitedMs(): number {
    return (this.#newestArrivedMs ?? 0) - (this.#waitsSinceMs ?? Number.NEGATIVE_INFINITY);
  }

  /** As long as packets wait, what arrives is what the link carries; a few packets alone tell nothing. */
  #carriedBps(mostMs: number): number {
    const windowMs = Math.min(mostMs, Math.max(leastFullWindowMs, this.#hasWaitedMs));
    const carriedBps = this.#acknowledged.over(windowMs);
    return (carriedBps * windowMs) / 8_000 < leastFullBytes ? this.#acknowledged.over(mostMs) : carriedBps;
  }

  #unwrap(ringMs: number): number {
    const newestMs = this.#newestArrivedMs ?? ringMs;
    if (ringMs + this.#ringOffsetMs < newestMs - arrivalRingMs / 2) this.#ringOffsetMs += arrivalRingMs;
    const arrivedMs = ringMs + this.#ringOffsetMs;
    this.#newestArrivedMs = Math.max(newestMs, arrivedMs);
    return arrivedMs;
  }
}
