/** A peak counts less and less over this time. */
const fadeMs = 5_000;
/** The mean is taken over about this time. */
const meanMs = 10_000;

interface Need {
  readonly peakBps: number;
  readonly meanBps: number;
  /** How much of {@link meanMs} the mean knows. */
  readonly knownMs: number;
}

const unknown: Need = { peakBps: 0, meanBps: 0, knownMs: 0 };

/**
 * What each layer needs of a link: the peaks of its rate, which fade, and never less than its mean. A picture that stands
 * still, or an encoder that skipped frames for a moment, makes no layer small enough for a slow link. A layer that is switched
 * off needs when it comes back what it needed.
 */
export class LayerNeeds {
  #needs: readonly Need[] = [];
  #followedMs: number | undefined;

  /** Takes what each layer sends now, in bits per second. */
  follow(ratesBps: readonly number[], nowMs: number): void {
    const elapsedMs = nowMs - (this.#followedMs ?? nowMs);
    this.#followedMs = nowMs;
    this.#needs = ratesBps.map((rateBps, layer) => {
      const need = this.#needs[layer] ?? unknown;
      return rateBps === 0 ? need : followed(need, rateBps, elapsedMs);
    });
  }

  /** In bits per second. */
  of(layer: number): number {
    const { peakBps, meanBps } = this.#needs[layer] ?? unknown;
    return Math.max(peakBps, meanBps);
  }
}

function followed({ peakBps, meanBps, knownMs }: Need, rateBps: number, elapsedMs: number): Need {
  const newlyKnownMs = Math.min(meanMs, knownMs + elapsedMs);
  const share = newlyKnownMs === 0 ? 1 : Math.min(1, elapsedMs / newlyKnownMs);
  return {
    peakBps: Math.max(rateBps, peakBps * Math.exp(-elapsedMs / fadeMs)),
    meanBps: meanBps + (rateBps - meanBps) * share,
    knownMs: newlyKnownMs,
  };
}
