/** How long nothing may be decrypted before it is told: a change of keys reaches everybody at another moment. */
const toleranceMs = 500;

/** Judges whether what one receiver gets can be decrypted. */
export class DecryptionJudge {
  #failingSinceMs: number | undefined;
  #isTold = false;

  /** Takes note of a frame. Returns false when it is time to tell that nothing is decrypted, true when it is again. */
  onFrame(isDecrypted: boolean, nowMs: number): boolean | undefined {
    if (isDecrypted) {
      this.#failingSinceMs = undefined;
      if (!this.#isTold) return undefined;
      this.#isTold = false;
      return true;
    }
    this.#failingSinceMs ??= nowMs;
    if (this.#isTold || nowMs - this.#failingSinceMs < toleranceMs) return undefined;
    this.#isTold = true;
    return false;
  }
}
