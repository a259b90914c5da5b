const unwantedAfterMs = 5_000;

/**
 * Remembers which layers anybody wants, and tells when that changes: at once when one more is wanted, after 5 s when one is
 * no longer, since views come and go.
 */
export class WantedLayers {
  readonly #rids: readonly string[];
  readonly #onChanged: (activeRids: readonly string[]) => void;
  readonly #isActive: boolean[];
  readonly #wantedMs: number[];

  /** The publisher sends all layers at first. */
  constructor(rids: readonly string[], nowMs: number, onChanged: (activeRids: readonly string[]) => void) {
    this.#rids = rids;
    this.#onChanged = onChanged;
    this.#isActive = rids.map(() => true);
    this.#wantedMs = rids.map(() => nowMs);
  }

  /** To be called often; `isWanted` says whether anybody wants the layer now. */
  update(isWanted: (layer: number) => boolean, nowMs: number): void {
    let isChanged = false;
    for (let layer = 0; layer < this.#rids.length; layer += 1) {
      if (isWanted(layer)) this.#wantedMs[layer] = nowMs;
      const isActive = nowMs - (this.#wantedMs[layer] ?? nowMs) < unwantedAfterMs;
      isChanged ||= isActive !== this.#isActive[layer];
      this.#isActive[layer] = isActive;
    }
    if (isChanged) this.#onChanged(this.#rids.filter((_, layer) => this.#isActive[layer]));
  }
}
