/** The timer that empties the queue comes about this often, so that so much may leave at once. */
export const pacingIntervalMs = 5;
/** Leaving faster than the estimate says is better than waiting longer than this. */
const longestWaitMs = 1_000;
/** No picture needs more packets. */
const maxPackets = 2_000;

/**
 * A leaky bucket: lets packets leave no faster than a rate, so that a key frame does not fill the queues on the way, where
 * sound would wait behind it.
 */
export class Pacer {
  readonly #emit: (packet: Buffer, nowMs: number) => void;
  #queue: Buffer[] = [];
  #head = 0;
  #queuedBytes = 0;
  /** When all that has left has gone over the link. */
  #freeMs = Number.NEGATIVE_INFINITY;

  constructor(emit: (packet: Buffer, nowMs: number) => void) {
    this.#emit = emit;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Takes room for something that does not wait. */
  spend(bytes: number, rateBps: number, nowMs: number): void {
    this.#freeMs = Math.max(this.#freeMs, nowMs - pacingIntervalMs) + (bytes * 8_000) / rateBps;
  }

  /**
   * Lets a packet leave now, or a copy of it once those before it have left. Drops everything that waits when that is too much;
   * says so.
   */
  offer(packet: Buffer, rateBps: number, nowMs: number): 'left' | 'waits' | 'overflow' {
    if (this.#queuedBytes === 0 && this.#freeMs <= nowMs) {
      this.spend(packet.length, rateBps, nowMs);
      this.#emit(packet, nowMs);
      return 'left';
    }
    if (this.#queue.length - this.#head >= maxPackets) {
      this.clear();
      return 'overflow';
    }
    this.#queue.push(Buffer.from(packet));
    this.#queuedBytes += packet.length;
    return 'waits';
  }

  /** Lets leave what is due; to be called every {@link pacingIntervalMs} while something waits. */
  drain(rateBps: number, nowMs: number): void {
    const leastBps = (this.#queuedBytes * 8_000) / longestWaitMs;
    while (this.#queuedBytes > 0 && this.#freeMs <= nowMs) {
      const packet = this.#queue[this.#head];
      if (!packet) return;
      this.#head += 1;
      this.#queuedBytes -= packet.length;
      this.spend(packet.length, Math.max(rateBps, leastBps), nowMs);
      this.#emit(packet, nowMs);
    }
    if (this.#queuedBytes === 0) this.clear();
  }

  /** Drops what waits. */
  clear(): void {
    this.#queue = [];
    this.#head = 0;
    this.#queuedBytes = 0;
  }
}
