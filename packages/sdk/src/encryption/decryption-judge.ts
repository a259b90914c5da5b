/** How long decryption may fail before it is reported: a key change reaches participants at different times. */
const toleranceMs = 500;

/** Decides when to report that the frames of one receiver cannot be decrypted. */
export class DecryptionJudge {
  #failingSinceMs: number | undefined;
  #isReported = false;

  /** Records a frame. Returns false when a failure must be reported, true for the first frame that decrypts again. */
  onFrame(isDecrypted: boolean, nowMs: number): boolean | undefined {
    if (isDecrypted) {
      this.#failingSinceMs = undefined;
      if (!this.#isReported) return undefined;
      this.#isReported = false;
      return true;
    }
    this.#failingSinceMs ??= nowMs;
    if (this.#isReported || nowMs - this.#failingSinceMs < toleranceMs) return undefined;
    this.#isReported = true;
    return false;
  }
}
