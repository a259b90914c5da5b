import type { LinkState } from './link-estimate.ts';

/** A probe doubles the flow in this time, so that a queue is noticed while it is short. */
const doublingMs = 1_000;
const minRampMs = 300;
/** The arrival rate at the full probe rate is measured over this time. */
const plateauMs = 400;
const measuredMs = 300;
/** Feedback on the last packets may come late, or never. */
const verdictMs = 1_000;
/** A probe that makes packets wait longer than this has found the limit. */
const tolerableWaitMs = 30;
/** Share of the probe rate that must arrive. */
const minArrival = 0.85;
/** The next better layer is tried soon after the last. */
const holdAfterSuccessMs = 1_000;
/**
 * Time between probes; it doubles with each failure up to the maximum, because a link may become faster at any time.
 */
const minHoldMs = 3_000;
const maxHoldMs = 8_000;
/** A probe's result is proven when nothing contradicts it for this time. */
const provenAfterMs = 10_000;
/** A probe never starts below this, even when hardly anything flows. */
const minStartBps = 50_000;

interface Probe {
  readonly startedMs: number;
  readonly fromBps: number;
  readonly targetBps: number;
  readonly rampMs: number;
}

/**
 * Decides when and how fast to probe whether a link carries more, and evaluates the result. Each probe ramps from the
 * current flow to the target and stays there briefly; it ends at the first sign of a queue. After a failed probe the
 * next one waits longer.
 */
export class ProbePlan {
  readonly #random: () => number;
  #targetBps: number | undefined;
  #probe: Probe | undefined;
  #holdMs = minHoldMs;
  #nextMs = Number.NEGATIVE_INFINITY;
  #passedMs = Number.NEGATIVE_INFINITY;
  #failedMs = Number.NEGATIVE_INFINITY;

  /** `random` returns numbers from 0 to below 1: views that share a link must not keep probing at the same time. */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Sets the target in bits per second; undefined when there is nothing to probe for. */
  aim(targetBps: number | undefined): void {
    this.#targetBps = targetBps;
  }

  /** Whether a probe is running or awaits its result. */
  get isRunning(): boolean {
    return this.#probe !== undefined;
  }

  /**
   * The link turned out to be full: starts no probe before the hold ends. Soon after a probe, this refutes its result.
   */
  postpone(nowMs: number): void {
    const wasWrong = this.#probe !== undefined || nowMs - this.#passedMs < provenAfterMs;
    this.#passedMs = Number.NEGATIVE_INFINITY;
    if (wasWrong) this.#fail(nowMs);
    else this.#nextMs = Math.max(this.#nextMs, nowMs + this.#spread(this.#holdMs));
  }

  /** Starts a probe if one is due. `flowingBps` is the rate sent without it. Returns whether one started. */
  begin(flowingBps: number, nowMs: number): boolean {
    const targetBps = this.#targetBps;
    if (this.#probe || targetBps === undefined || nowMs < this.#nextMs) return false;
    if (nowMs - this.#passedMs >= provenAfterMs && this.#passedMs > this.#failedMs) this.#holdMs = minHoldMs;
    const fromBps = Math.min(targetBps, Math.max(minStartBps, flowingBps));
    const rampMs = Math.max(minRampMs, doublingMs * Math.log2(targetBps / fromBps));
    this.#probe = { startedMs: nowMs, fromBps, targetBps, rampMs };
    return true;
  }

  /** Ends a probe whose sender has gone. It has shown nothing, so another may start at once. */
  cancel(): void {
    this.#probe = undefined;
  }

  /** The total rate that should flow now, in bits per second; 0 when no probe needs any. */
  rateAt(nowMs: number): number {
    const probe = this.#probe;
    if (!probe) return 0;
    const elapsedMs = nowMs - probe.startedMs;
    if (elapsedMs > probe.rampMs + plateauMs) return 0;
    return probe.fromBps * (probe.targetBps / probe.fromBps) ** Math.min(1, elapsedMs / probe.rampMs);
  }

  /** Takes the latest feedback; returns the proven rate once a probe has succeeded. */
  judge(link: LinkState, arrivedBps: (windowMs: number) => number, nowMs: number): number | undefined {
    const probe = this.#probe;
    if (!probe) return undefined;
    if (link.isOverused || link.waitMs > tolerableWaitMs) {
      this.#fail(nowMs);
      return undefined;
    }
    const endMs = probe.startedMs + probe.rampMs + plateauMs;
    if (link.newestSentMs < endMs - plateauMs + measuredMs) return undefined;
    const measuredBps = arrivedBps(measuredMs);
    const hasArrived = measuredBps >= probe.targetBps * minArrival;
    if (!hasArrived && nowMs < endMs + verdictMs) return undefined;
    if (!hasArrived) {
      this.#fail(nowMs);
      return undefined;
    }
    this.#probe = undefined;
    this.#passedMs = nowMs;
    this.#nextMs = nowMs + this.#spread(holdAfterSuccessMs);
    return probe.targetBps;
  }

  /** Call it often; ends a probe that gets no feedback. */
  tick(nowMs: number): void {
    const probe = this.#probe;
    if (!probe) return;
    if (nowMs > probe.startedMs + probe.rampMs + plateauMs + verdictMs) this.#fail(nowMs);
  }

  #fail(nowMs: number): void {
    this.#probe = undefined;
    this.#failedMs = nowMs;
    this.#nextMs = nowMs + this.#spread(this.#holdMs);
    this.#holdMs = Math.min(maxHoldMs, this.#holdMs * 2);
  }

  /** Randomizes a time by a quarter in either direction. */
  #spread(ms: number): number {
    return ms * (0.75 + this.#random() / 2);
  }
}
