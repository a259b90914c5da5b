/** Encoders ignore requests that come faster than this (libwebrtc: 300 ms). */
const minIntervalMs = 300;

/**
 * Merges the key-frame requests of all viewers of one video, paces them, and repeats them until a key frame arrives.
 */
export class KeyFrameRequester {
  readonly #send: () => boolean;
  #isPending = false;
  #lastSentMs = Number.NEGATIVE_INFINITY;

  /** `send` sends one request and returns whether it was sent. */
  constructor(send: () => boolean) {
    this.#send = send;
  }

  /** Call it when a viewer needs a key frame. */
  request(nowMs: number): void {
    this.#isPending = true;
    this.tick(nowMs);
  }

  /** Call it when a key frame starts to arrive. */
  arrived(): void {
    this.#isPending = false;
  }

  /** Sends a request if one is due. */
  tick(nowMs: number): void {
    if (!this.#isPending || nowMs - this.#lastSentMs < minIntervalMs) return;
    if (this.#send()) this.#lastSentMs = nowMs;
  }
}
