import { heavyLoss, lightLoss } from './loss-window.ts';
import type { LossShare } from './loss-window.ts';

/** An estimate falls to this share of what a full link carried, so that its queue empties (as in libwebrtc). */
const fallTo = 0.85;
/** What was sent before a fall still shows a full link for a while. */
const fallAgainAfterMs = 300;
/** What was lost on the full link is told this late. */
const lossCountsAfterMs = 1_000;
/** What flows without a queue is no less than what the link carries, once what flowed before the fall is out of sight. */
const settledAfterMs = 1_000;
/** Growth a second; near where the link was last full, it goes on with more care. */
const growth = 1.08;
const carefulGrowth = 1.02;
const nearFull = 1.2;
/** An estimate says nothing about rates far above what flows. */
const aboveFlow = 1.5;
const aboveFlowBps = 10_000;
/** So much is lost on a full link only; less may be the air. */
const overwhelmingLoss = 0.25;
/** Loss without a queue lowers the estimate no further, since less traffic need not help. */
const leastByLossBps = 150_000;
/** Below this there is no call. */
const leastBps = 10_000;

/**
 * What a link carries, in bits per second: falls when a queue grows or much is lost, and rises slowly as long as neither
 * does (additive increase, multiplicative decrease). Nothing is held back until the link has shown for the first time that
 * it carries no more.
 */
export class RateControl {
  #bitrateBps: number | undefined;
  #fullBps = 0;
  #isFull = false;
  #fellMs = Number.NEGATIVE_INFINITY;
  #grewMs = Number.NEGATIVE_INFINITY;
  #mayGrow = true;

  /** Undefined as long as no limit is known. */
  get bitrateBps(): number | undefined {
    return this.#bitrateBps;
  }

  /** Whether the limit comes from a full link, and not from loss that may have other reasons. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /**
   * A queue grows while the link carries `carriedBps`. A probe that has made it has shown as well that the link carries
   * `leastBps`, which flowed before without a queue. Says whether the estimate fell.
   */
  overused(carriedBps: number, nowMs: number, leastBps = 0): boolean {
    if (nowMs - this.#fellMs < fallAgainAfterMs) return false;
    this.#fellMs = nowMs;
    this.#grewMs = nowMs;
    this.#fullBps = carriedBps;
    this.#isFull = true;
    return this.#lower(Math.max(carriedBps * fallTo, leastBps));
  }

  /** Takes what was lost of late. Says whether the estimate fell. */
  lost({ measured, certain }: LossShare, carriedBps: number, nowMs: number): boolean {
    this.#mayGrow = measured < lightLoss;
    if (certain <= heavyLoss || nowMs - this.#fellMs < lossCountsAfterMs) return false;
    this.#fellMs = nowMs;
    const isFull = measured >= overwhelmingLoss;
    const loweredBps = (this.#bitrateBps ?? carriedBps / (1 - measured)) * (1 - measured / 2);
    if (isFull) this.#isFull = true;
    return this.#lower(isFull ? carriedBps * fallTo : Math.max(leastByLossBps, loweredBps));
  }

  /** No queue grows while the link carries `carriedBps`. */
  flowed(carriedBps: number, nowMs: number): void {
    const bitrateBps = this.#bitrateBps;
    if (bitrateBps === undefined) return;
    const elapsedMs = Math.min(1_000, Math.max(0, nowMs - this.#grewMs));
    this.#grewMs = nowMs;
    if (!this.#mayGrow || nowMs - this.#fellMs < fallAgainAfterMs) return;
    const isNearFull = bitrateBps <= this.#fullBps * nearFull;
    const grownBps = bitrateBps * (isNearFull ? carefulGrowth : growth) ** (elapsedMs / 1_000);
    const ceilingBps = carriedBps * aboveFlow + aboveFlowBps;
    const isSettled = nowMs - this.#fellMs > settledAfterMs;
    this.#bitrateBps = Math.max(bitrateBps, Math.min(grownBps, ceilingBps), isSettled ? carriedBps : 0);
  }

  /** The link was seen to carry so much. */
  proven(bitrateBps: number): void {
    if (this.#bitrateBps === undefined || this.#bitrateBps >= bitrateBps) return;
    this.#bitrateBps = bitrateBps;
    if (bitrateBps > this.#fullBps) this.#fullBps = 0;
  }

  #lower(toBps: number): boolean {
    if (this.#bitrateBps !== undefined && this.#bitrateBps <= toBps) return false;
    this.#bitrateBps = Math.max(leastBps, toBps);
    return true;
  }
}
