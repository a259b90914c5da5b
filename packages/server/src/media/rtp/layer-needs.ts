/** A peak counts less and less over this time. */
const fadeMs = 5_000;

/**
 * What each layer needs of a link: the peaks of its rate, which fade. A picture that stands still, or an encoder that
 * skipped frames for a moment, makes no layer small enough for a slow link.
 */
export class LayerNeeds {
  #needsBps: readonly number[] = [];
  #followedMs = 0;

  /** Takes what each layer sends now, in bits per second. */
  follow(ratesBps: readonly number[], nowMs: number): void {
    const rest = Math.exp((this.#followedMs - nowMs) / fadeMs);
    this.#needsBps = ratesBps.map((rateBps, index) => Math.max(rateBps, this.of(index) * rest));
    this.#followedMs = nowMs;
  }

  /** In bits per second. */
  of(layer: number): number {
    return this.#needsBps[layer] ?? 0;
  }
}
