import { heavyLoss, lightLoss, type LossShare } from './loss-window.ts';

/** The estimate falls to this share of a full link's capacity, so that its queue empties (as in libwebrtc). */
const fallTo = 0.85;
/** Packets sent before a fall still show a full link for a while. */
const fallAgainAfterMs = 300;
/** Losses on the full link are reported up to this late. */
const lossCountsAfterMs = 1_000;
/**
 * A flow without a queue is a lower bound of the capacity, once the flow from before the fall is out of the
 * measurement.
 */
const settledAfterMs = 1_000;
/** Growth per second; slower near the rate at which the link was last full. */
const growth = 1.08;
const carefulGrowth = 1.02;
const nearFull = 1.2;
/** The estimate says nothing about rates far above the current flow. */
const aboveFlow = 1.5;
const aboveFlowBps = 10_000;
/** Only a full link loses this much; smaller losses may come from the radio link. */
const overwhelmingLoss = 0.25;
/** Packet loss without a queue lowers the estimate no further, because less traffic need not help. */
const minByLossBps = 150_000;
/** Below this a call is impossible. */
const minCallBps = 10_000;

/**
 * The capacity of a link in bits per second: falls when a queue grows or many packets are lost, and otherwise rises
 * slowly (additive increase, multiplicative decrease). There is no limit until the link reaches its limit for the
 * first time.
 */
export class RateControl {
  #bitrateBps: number | undefined;
  #fullBps = 0;
  #isFull = false;
  #fellMs = Number.NEGATIVE_INFINITY;
  #grewMs = Number.NEGATIVE_INFINITY;
  #mayGrow = true;

  /** Undefined while no limit is known. */
  get bitrateBps(): number | undefined {
    return this.#bitrateBps;
  }

  /** Whether the limit comes from a full link, rather than from packet loss that may have other causes. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /**
   * A queue grows while the link carries `carriedBps`. If a probe caused it, the link carries at least `floorBps`,
   * which flowed before without a queue. Returns whether the estimate fell.
   */
  overused(carriedBps: number, nowMs: number, floorBps = 0): boolean {
    if (nowMs - this.#fellMs < fallAgainAfterMs) return false;
    this.#fellMs = nowMs;
    this.#grewMs = nowMs;
    this.#fullBps = carriedBps;
    this.#isFull = true;
    return this.#lower(Math.max(carriedBps * fallTo, floorBps));
  }

  /** Takes the latest packet loss. Returns whether the estimate fell. */
  lost({ measured, certain }: LossShare, carriedBps: number, nowMs: number): boolean {
    this.#mayGrow = measured < lightLoss;
    if (certain <= heavyLoss || nowMs - this.#fellMs < lossCountsAfterMs) return false;
    this.#fellMs = nowMs;
    const isFull = measured >= overwhelmingLoss;
    const loweredBps = (this.#bitrateBps ?? carriedBps / (1 - measured)) * (1 - measured / 2);
    if (isFull) this.#isFull = true;
    return this.#lower(isFull ? carriedBps * fallTo : Math.max(minByLossBps, loweredBps));
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

  /** The link has carried this much. */
  proven(bitrateBps: number): void {
    if (this.#bitrateBps === undefined || this.#bitrateBps >= bitrateBps) return;
    this.#bitrateBps = bitrateBps;
    if (bitrateBps > this.#fullBps) this.#fullBps = 0;
  }

  #lower(toBps: number): boolean {
    if (this.#bitrateBps !== undefined && this.#bitrateBps <= toBps) return false;
    this.#bitrateBps = Math.max(minCallBps, toBps);
    return true;
  }
}
