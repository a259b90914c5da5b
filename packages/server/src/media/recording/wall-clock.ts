/** How long a fast path is remembered: the least delayed of the reports shows the clock best. */
const windowMs = 30_000;
/** A correction per elapsed millisecond that nobody notices. */
const slewRatio = 0.002;
/** A sender that sets its clock moves it by more than any delay. */
const jumpMs = 1_000;

/**
 * Translates a publisher's wall clock, which its sender reports show, to the router's clock. Audio and video of one
 * publisher share it, so whatever its error is, they stay together.
 */
export class WallClock {
  #offsetMs: number | undefined;
  #updatedMs = 0;
  #windowStartMs = 0;
  #leastMs = Number.POSITIVE_INFINITY;
  #leastBeforeMs = Number.POSITIVE_INFINITY;

  /** Takes the publisher's time in a report, and the router's time at which it arrived. */
  report(wallMs: number, arrivedMs: number): void {
    const offsetMs = arrivedMs - wallMs;
    if (this.#offsetMs === undefined || Math.abs(offsetMs - this.#offsetMs) > jumpMs) {
      this.#offsetMs = offsetMs;
      this.#leastMs = offsetMs;
      this.#leastBeforeMs = offsetMs;
      this.#windowStartMs = arrivedMs;
      this.#updatedMs = arrivedMs;
      return;
    }
    if (arrivedMs - this.#windowStartMs >= windowMs) {
      this.#windowStartMs = arrivedMs;
      this.#leastBeforeMs = this.#leastMs;
      this.#leastMs = offsetMs;
    }
    this.#leastMs = Math.min(this.#leastMs, offsetMs);
    const errorMs = Math.min(this.#leastMs, this.#leastBeforeMs) - this.#offsetMs;
    const allowedMs = (arrivedMs - this.#updatedMs) * slewRatio;
    this.#offsetMs += Math.max(-allowedMs, Math.min(allowedMs, errorMs));
    this.#updatedMs = arrivedMs;
  }

  /** The router's time at this time of the publisher; undefined before the first report. */
  toRouterMs(wallMs: number): number | undefined {
    return this.#offsetMs === undefined ? undefined : wallMs + this.#offsetMs;
  }
}
