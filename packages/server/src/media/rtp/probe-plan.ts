import type { LinkState } from './link-estimate.ts';

/** A probe doubles what flows in this time, so that a queue is noticed while it is short. */
const doublingMs = 1_000;
const leastRampMs = 300;
/** What arrives at the full rate is measured over this time. */
const plateauMs = 400;
const measuredMs = 300;
/** Feedback on the last packets comes late, or never. */
const verdictMs = 1_000;
/** A probe that lets packets wait longer than this has found the limit. */
const tolerableWaitMs = 30;
/** Share of the rate that has to arrive. */
const leastArrival = 0.85;
/** The next better picture is tried soon after the last. */
const holdAfterSuccessMs = 1_000;
/** Time between probes, and twice as long each time one fails; no longer, since a link may become fast at any time. */
const minHoldMs = 3_000;
const maxHoldMs = 8_000;
/** What a probe has shown was right when nothing speaks against it for so long. */
const provenAfterMs = 10_000;
/** A probe never begins below this, even where hardly anything flows. */
const leastStartBps = 50_000;

interface Probe {
  readonly startedMs: number;
  readonly fromBps: number;
  readonly targetBps: number;
  readonly rampMs: number;
}

/**
 * Decides when to try whether a link carries more, how fast, and what came of it. Each probe grows from what flows to what
 * is wanted and stays there for a moment; it ends at the first sign of a queue. After one that failed the next waits longer.
 */
export class ProbePlan {
  readonly #random: () => number;
  #targetBps: number | undefined;
  #probe: Probe | undefined;
  #holdMs = minHoldMs;
  #nextMs = Number.NEGATIVE_INFINITY;
  #passedMs = Number.NEGATIVE_INFINITY;
  #failedMs = Number.NEGATIVE_INFINITY;

  /** `random` gives numbers from 0 to below 1: several views of one link must not try at the same time again and again. */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** What the link should carry, in bits per second; undefined when there is nothing to try. */
  aim(targetBps: number | undefined): void {
    this.#targetBps = targetBps;
  }

  /** Whether a probe runs, or its outcome is not known yet. */
  get isRunning(): boolean {
    return this.#probe !== undefined;
  }

  /** The link has shown that it is full: nothing is tried before the hold is over. Soon after a probe, that was wrong. */
  postpone(nowMs: number): void {
    const wasWrong = this.#probe !== undefined || nowMs - this.#passedMs < provenAfterMs;
    this.#passedMs = Number.NEGATIVE_INFINITY;
    if (wasWrong) this.#fail(nowMs);
    else this.#nextMs = Math.max(this.#nextMs, nowMs + this.#spread(this.#holdMs));
  }

  /** Begins a probe when it is time for one. `flowingBps` is what is sent without it. Says whether one began. */
  begin(flowingBps: number, nowMs: number): boolean {
    const targetBps = this.#targetBps;
    if (this.#probe || targetBps === undefined || nowMs < this.#nextMs) return false;
    if (nowMs - this.#passedMs >= provenAfterMs && this.#passedMs > this.#failedMs) this.#holdMs = minHoldMs;
    const fromBps = Math.min(targetBps, Math.max(leastStartBps, flowingBps));
    const rampMs = Math.max(leastRampMs, doublingMs * Math.log2(targetBps / fromBps));
    this.#probe = { startedMs: nowMs, fromBps, targetBps, rampMs };
    return true;
  }

  /** Bits per second that should flow now, all in all; 0 when no probe needs any. */
  rateAt(nowMs: number): number {
    const probe = this.#probe;
    if (!probe) return 0;
    const elapsedMs = nowMs - probe.startedMs;
    if (elapsedMs > probe.rampMs + plateauMs) return 0;
    return probe.fromBps * (probe.targetBps / probe.fromBps) ** Math.min(1, elapsedMs / probe.rampMs);
  }

  /** Takes what feedback told; returns what the link was found to carry, once a probe has succeeded. */
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
    const hasArrived = measuredBps >= probe.targetBps * leastArrival;
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

  /** To be called often; ends a probe that no feedback comes of. */
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

  /** Three quarters to five quarters of a time. */
  #spread(ms: number): number {
    return ms * (0.75 + this.#random() / 2);
  }
}
