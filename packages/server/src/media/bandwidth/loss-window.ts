/** Every repair request comes with a report, so packet loss is judged over at least this time and this many packets. */
const windowMs = 500;
const minPackets = 10;
/** Above this packet loss a link counts as full, below the lower value as having room (as in libwebrtc). */
export const heavyLoss = 0.1;
export const lightLoss = 0.02;
/** Deviations up to this many standard deviations may be chance. */
const chance = 2;

/** The packet loss of one window. */
export interface LossShare {
  /** The measured share of lost packets, 0 to 1. */
  readonly measured: number;
  /** Its lower bound once chance is accounted for: few packets prove little. */
  readonly certain: number;
}

/** Measures packet loss over a window, because a single report covers few packets. */
export class LossWindow {
  #expected = 0;
  #lost = 0;
  #sinceMs = Number.NEGATIVE_INFINITY;

  /**
   * Adds what one report says; a late packet takes its loss back. Returns the packet loss whenever a window is
   * complete.
   */
  add(expected: number, lost: number, nowMs: number): LossShare | undefined {
    this.#expected += expected;
    this.#lost += lost;
    if (nowMs - this.#sinceMs < windowMs || this.#expected < minPackets) return undefined;
    const measured = Math.min(1, Math.max(0, this.#lost / this.#expected));
    const certain = lowerBound(measured, this.#expected);
    this.#expected = 0;
    this.#lost = 0;
    this.#sinceMs = nowMs;
    return { measured, certain };
  }
}

/** The lower bound of Wilson's score interval for a share of `count`. */
function lowerBound(share: number, count: number): number {
  const squared = chance ** 2 / count;
  const deviation = Math.sqrt((share * (1 - share)) / count + squared / (4 * count));
  return Math.max(0, (share + squared / 2 - chance * deviation) / (1 + squared));
}
