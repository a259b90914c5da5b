/** Reports come with each repair request too; loss is judged over this time, and over no fewer packets than these. */
const windowMs = 500;
const leastPackets = 10;
/** Above this share of loss a link is taken to be full, below the lower one to have room (as libwebrtc does). */
export const heavyLoss = 0.1;
export const lightLoss = 0.02;
/** So many standard deviations may be chance. */
const chance = 2;

/** What was lost in a window. */
export interface LossShare {
  /** The share that was lost, 0 to 1. */
  readonly measured: number;
  /** What is left of it once chance is taken off: few packets prove little. */
  readonly certain: number;
}

/** Judges loss over some time, since a single report is about few packets. */
export class LossWindow {
  #expected = 0;
  #lost = 0;
  #sinceMs = Number.NEGATIVE_INFINITY;

  /** Takes what one report adds; a packet that came late takes its loss back. What was lost, whenever a window is full. */
  add(expected: number, lost: number, nowMs: number): LossShare | undefined {
    this.#expected += expected;
    this.#lost += lost;
    if (nowMs - this.#sinceMs < windowMs || this.#expected < leastPackets) return undefined;
    const measured = Math.min(1, Math.max(0, this.#lost / this.#expected));
    const certain = leastShare(measured, this.#expected);
    this.#expected = 0;
    this.#lost = 0;
    this.#sinceMs = nowMs;
    return { measured, certain };
  }
}

/** The lower end of Wilson's interval for a share of so many. */
function leastShare(share: number, count: number): number {
  const squared = chance ** 2 / count;
  const deviation = Math.sqrt((share * (1 - share)) / count + squared / (4 * count));
  return Math.max(0, (share + squared / 2 - chance * deviation) / (1 + squared));
}
