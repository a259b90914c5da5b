/** Time constant with which a peak fades. */
const fadeMs = 5_000;
/** Time over which the mean is taken. */
const meanMs = 10_000;

interface Need {
  readonly peakBps: number;
  readonly meanBps: number;
  /** How much of {@link meanMs} the mean covers. */
  readonly knownMs: number;
}

const unknown: Need = { peakBps: 0, meanBps: 0, knownMs: 0 };

/**
 * The bitrate that each layer needs: its fading peaks, and never less than its mean. A still image, or an encoder that
 * skips frames briefly, does not make a layer small enough for a slow link. A layer that was switched off needs as
 * much as before when it returns.
 */
export class LayerNeeds {
  #needs: readonly Need[] = [];
  #followedMs: number | undefined;

  /** Takes the current bitrate of each layer, in bits per second. */
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
