/** Reports come with each repair request too; loss is judged over this time, and over no fewer packets than these. */
const windowMs = 500;
const leastPackets = 10;

/** Judges loss over some time, since a single report is about few packets. */
export class LossWindow {
  #expected = 0;
  #lost = 0;
  #sinceMs = Number.NEGATIVE_INFINITY;

  /** Takes what one report adds; a packet that came late takes its loss back. The share that was lost, whenever a window is full. */
  add(expected: number, lost: number, nowMs: number): number | undefined {
    this.#expected += expected;
    this.#lost += lost;
    if (nowMs - this.#sinceMs < windowMs || this.#expected < leastPackets) return undefined;
    const share = Math.min(1, Math.max(0, this.#lost / this.#expected));
    this.#expected = 0;
    this.#lost = 0;
    this.#sinceMs = nowMs;
    return share;
  }
}
