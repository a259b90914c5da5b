/** Counts the packets of one direction, and their bitrate. */
export class FlowMeter {
  packets = 0;
  bytes = 0;
  keyFrames = 0;
  #bitrateBps = 0;
  #since: { readonly ms: number; readonly bytes: number } | undefined;

  /** Counts a packet with this payload size. */
  count(payloadBytes: number): void {
    this.packets += 1;
    this.bytes += payloadBytes;
  }

  /** Bits per second between the last two calls of {@link measure}. */
  get bitrateBps(): number {
    return this.#bitrateBps;
  }

  /** Ends one interval of the bitrate and starts the next; call it every second or so. */
  measure(nowMs: number): void {
    const elapsedMs = this.#since && nowMs - this.#since.ms;
    if (this.#since && elapsedMs !== undefined && elapsedMs > 0) {
      this.#bitrateBps = Math.round(((this.bytes - this.#since.bytes) * 8_000) / elapsedMs);
    }
    this.#since = { ms: nowMs, bytes: this.bytes };
  }
}
