/** Encoders answer requests that come faster than this with nothing new (libwebrtc: 300 ms). */
const minIntervalMs = 300;

/**
 * Merges the key-frame wishes of all viewers of one video into requests that are paced, and repeated until a key frame comes.
 */
export class KeyFrameRequester {
  readonly #send: () => boolean;
  #isWanted = false;
  #lastSentMs = Number.NEGATIVE_INFINITY;

  /** `send` sends one request and says whether that worked. */
  constructor(send: () => boolean) {
    this.#send = send;
  }

  /** Somebody needs a key frame. */
  want(nowMs: number): void {
    this.#isWanted = true;
    this.tick(nowMs);
  }

  /** A key frame has begun to arrive. */
  arrived(): void {
    this.#isWanted = false;
  }

  /** Sends what is due. */
  tick(nowMs: number): void {
    if (!this.#isWanted || nowMs - this.#lastSentMs < minIntervalMs) return;
    if (this.#send()) this.#lastSentMs = nowMs;
  }
}
