const packetMs = 20;
/** What a browser's buffer holds on a path with little jitter, in packets. */
const usualPackets = 3;
/** A buffer that holds more is played out faster by this share. */
const faster = 0.1;

/**
 * A jitter buffer for audio, roughly as browsers have one: it plays a packet every 20 ms, conceals that time when it is empty,
 * and catches up slowly when it holds too much.
 */
export class SimulatedPlayout {
  #held = 0;
  #hasBegun = false;
  #catchUp = 0;
  #nextMs = 0;
  #concealedMs = 0;

  /** A packet has arrived. */
  arrived(nowMs: number): void {
    this.#held += 1;
    if (this.#hasBegun || this.#held < usualPackets) return;
    this.#hasBegun = true;
    this.#nextMs = nowMs + packetMs;
  }

  /** Call it at least every 20 ms. */
  tick(nowMs: number): void {
    if (!this.#hasBegun || nowMs < this.#nextMs) return;
    this.#nextMs += packetMs;
    if (this.#held === 0) {
      this.#concealedMs += packetMs;
      return;
    }
    this.#held -= 1;
    if (this.#held <= usualPackets) return;
    this.#catchUp += faster;
    if (this.#catchUp < 1) return;
    this.#catchUp -= 1;
    this.#held -= 1;
  }

  /** How much was concealed since the last call, in milliseconds. */
  takeConcealedMs(): number {
    const concealedMs = this.#concealedMs;
    this.#concealedMs = 0;
    return concealedMs;
  }
}
