/** When a router process refuses new peers, to protect those it has. */
const overloadLimits = {
  /** Window for averaging the delay of the event loop. A single long pause in it is not overload. */
  windowMs: 2_000,
  /** Above this mean, every packet is delayed more than the playout of a call tolerates. */
  refuseAboveMs: 50,
  /** Below this mean, the process accepts new peers again. */
  acceptBelowMs: 25,
} as const;

/** Detects by the delay of timers that a process should refuse new peers. */
export class OverloadWatch {
  #windowStartMs: number | undefined;
  #lateMs = 0;
  #ticks = 0;
  #isOverloaded = false;

  get isOverloaded(): boolean {
    return this.#isOverloaded;
  }

  /** Call it from a timer that fired `lateMs` late; a shorter interval gives a finer measurement. */
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
