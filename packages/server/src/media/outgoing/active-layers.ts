const inactiveAfterMs = 5_000;

/**
 * Tracks which layers any view needs, and reports changes: immediately when one more is needed, but 5 s after one is
 * no longer needed, because views come and go.
 */
export class ActiveLayers {
  readonly #rids: readonly string[];
  readonly #onChanged: (activeRids: readonly string[]) => void;
  readonly #isActive: boolean[];
  readonly #neededMs: number[];

  /** At first the publisher sends all layers. */
  constructor(rids: readonly string[], nowMs: number, onChanged: (activeRids: readonly string[]) => void) {
    this.#rids = rids;
    this.#onChanged = onChanged;
    this.#isActive = rids.map(() => true);
    this.#neededMs = rids.map(() => nowMs);
  }

  /** Call it often; `isNeeded` returns whether any view needs the layer now. */
  update(isNeeded: (layer: number) => boolean, nowMs: number): void {
    let isChanged = false;
    for (let layer = 0; layer < this.#rids.length; layer += 1) {
      if (isNeeded(layer)) this.#neededMs[layer] = nowMs;
      const isActive = nowMs - (this.#neededMs[layer] ?? nowMs) < inactiveAfterMs;
      isChanged ||= isActive !== this.#isActive[layer];
      this.#isActive[layer] = isActive;
    }
    if (isChanged) this.#onChanged(this.#rids.filter((_, layer) => this.#isActive[layer]));
  }
}
