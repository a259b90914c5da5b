import { monitorEventLoopDelay } from 'node:perf_hooks';

/** When a router process refuses new peers, so that those it has keep their pace. */
const overloadLimits = {
  /** Over this time the delay of the event loop is averaged. One long pause in it is no overload. */
  windowMs: 2_000,
  /** Above this mean, every packet waits longer than the playout of a call forgives. */
  refuseAboveMs: 50,
  /** Below this mean, new peers are let in again. */
  acceptBelowMs: 25,
} as const;

/** Measures how late the event loop is; a window starts with each call. */
export interface LoopDelayMonitor {
  /** Mean delay since the last call, in milliseconds; undefined when nothing was measured. */
  takeMeanMs(): number | undefined;
  stop(): void;
}

/** Says whether new peers should be refused. To be told the time every 20 ms or so. */
export class OverloadWatch {
  readonly #monitor: LoopDelayMonitor;
  #windowStartMs: number | undefined;
  #isOverloaded = false;

  constructor(monitor: LoopDelayMonitor) {
    this.#monitor = monitor;
  }

  get isOverloaded(): boolean {
    return this.#isOverloaded;
  }

  tick(nowMs: number): void {
    this.#windowStartMs ??= nowMs;
    if (nowMs - this.#windowStartMs < overloadLimits.windowMs) return;
    this.#windowStartMs = nowMs;
    const meanMs = this.#monitor.takeMeanMs();
    if (meanMs === undefined) return;
    const { refuseAboveMs, acceptBelowMs } = overloadLimits;
    if (meanMs > refuseAboveMs) this.#isOverloaded = true;
    else if (meanMs < acceptBelowMs) this.#isOverloaded = false;
  }

  close(): void {
    this.#monitor.stop();
  }
}

const resolutionMs = 10;

/** The delay of this process's event loop. */
export function monitorLoopDelay(): LoopDelayMonitor {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  histogram.enable();
  return {
    takeMeanMs() {
      const { count, mean } = histogram;
      histogram.reset();
      // What is recorded is the time between two looks, so a loop that is never late has the resolution itself.
      return count === 0 ? undefined : Math.max(0, mean / 1e6 - resolutionMs);
    },
    stop: () => void histogram.disable(),
  };
}
