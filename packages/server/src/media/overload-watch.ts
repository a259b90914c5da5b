/** When a router process refuses new peers, so that those it has keep their pace. */
const overloadLimits = {
  /** Over this time the lateness of the event loop is averaged. One long pause in it is no overload. */
  windowMs: 2_000,
  /** Above this mean, every packet waits longer than the playout of a call forgives. */
  refuseAboveMs: 50,
  /** Below this mean, new peers are let in again. */
  acceptBelowMs: 25,
} as const;

/** Says by how late its timers come whether a process should refuse new peers. */
export class OverloadWatch {
  #windowStartMs: number | undefined;
  #lateMs = 0;
  #ticks = 0;
  #isOverloaded = false;

  get isOverloaded(): boolean {
    return this.#isOverloaded;
  }

  /** To be told the time by a timer that should have come `lateMs` ago; the shorter its interval, the finer the measure. */
  tick(nowMs: number, lateMs: number): void {
    if (this.#windowStartMs === undefined) {
      this.#windowStartMs = nowMs;
      return;
    }
    this.#lateMs += Math.max(0, lateMs);
    this.#ticks += 1;
    if (nowMs - this.#windowStartMs < overloadLimits.windowMs) return;
    const meanMs = this.#lateMs / this.#ticks;
    const { refuseAboveMs, acceptBelowMs } = overloadLimits;
    if (meanMs > refuseAboveMs) this.#isOverloaded = true;
    else if (meanMs < acceptBelowMs) this.#isOverloaded = false;
    this.#windowStartMs = nowMs;
    this.#lateMs = 0;
    this.#ticks = 0;
  }
}
