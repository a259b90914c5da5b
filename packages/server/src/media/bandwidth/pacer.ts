/** Interval of the timer that empties the queue; up to this much of the rate may leave at a time. */
export const pacingIntervalMs = 5;
/** Exceeding the estimate is better than waiting longer than this. */
const longestWaitMs = 1_000;
/** No frame needs more packets. */
const maxPackets = 2_000;

/**
 * A leaky bucket: limits the rate at which packets leave, so that a key frame does not fill the queues on the path,
 * where audio would wait behind it.
 */
export class Pacer {
  readonly #emit: (packet: Buffer, nowMs: number) => void;
  #queue: Buffer[] = [];
  #head = 0;
  #queuedBytes = 0;
  /** When the link will have carried everything sent so far. */
  #freeMs = Number.NEGATIVE_INFINITY;

  constructor(emit: (packet: Buffer, nowMs: number) => void) {
    this.#emit = emit;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Uses up capacity for a packet that does not wait. */
  spend(bytes: number, rateBps: number, nowMs: number): void {
    this.#freeMs = Math.max(this.#freeMs, nowMs - pacingIntervalMs) + (bytes * 8_000) / rateBps;
  }

  /**
   * Emits a packet now, or a copy of it after those that wait before it. Drops all waiting packets if there are too
   * many, and returns `overflow`.
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

  /** Emits the packets that are due; call it every {@link pacingIntervalMs} while packets wait. */
  drain(rateBps: number, nowMs: number): void {
    const minBps = (this.#queuedBytes * 8_000) / longestWaitMs;
    while (this.#queuedBytes > 0 && this.#freeMs <= nowMs) {
      const packet = this.#queue[this.#head];
      if (!packet) return;
      this.#head += 1;
      this.#queuedBytes -= packet.length;
      this.spend(packet.length, Math.max(rateBps, minBps), nowMs);
      this.#emit(packet, nowMs);
    }
    if (this.#queuedBytes === 0) this.clear();
  }

  /** Drops the waiting packets. */
  clear(): void {
    this.#queue = [];
    this.#head = 0;
    this.#queuedBytes = 0;
  }
}
