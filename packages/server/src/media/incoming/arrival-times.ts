const capacity = 256;
/** Send times have 24 bits of 1/2^18 seconds (abs-send-time), so they wrap every 64 s. */
const sendTimeRingMs = 64_000;
/** A longer stall of the event loop hides more than spacing can restore. */
const maxSpreadMs = 200;

/**
 * Reconstructs when packets really arrived. They are timestamped in JavaScript, so all packets that came while the
 * event loop was busy get one time. A sender that probes for bandwidth then sees a rate far above what it sent, takes
 * that for an error (libwebrtc drops a probe that arrives at more than twice its own rate) and starts slowly. Packets
 * of one turn of the loop get the spacing of their send times back, ending with the last one on time; none is placed
 * before the packets of the previous turn.
 */
export class ArrivalTimes {
  readonly #record: (sequenceNumber: number, arrivedMs: number) => void;
  readonly #numbers = new Uint16Array(capacity);
  readonly #seenMs = new Float64Array(capacity);
  readonly #sentMs = new Float64Array(capacity);
  #count = 0;
  #turn = 0;
  #lastArrivalMs = Number.NEGATIVE_INFINITY;

  constructor(record: (sequenceNumber: number, arrivedMs: number) => void) {
    this.#record = record;
  }

  /** Adds a packet received at `nowMs`; `sentMs` is undefined if its sender does not say. */
  add(sequenceNumber: number, sentMs: number | undefined, nowMs: number, turn: number): void {
    if (turn !== this.#turn || this.#count === capacity) this.flush();
    this.#turn = turn;
    this.#numbers[this.#count] = sequenceNumber;
    this.#seenMs[this.#count] = nowMs;
    this.#sentMs[this.#count] = sentMs ?? Number.NaN;
    this.#count += 1;
  }

  /** Emits the packets collected so far. */
  flush(): void {
    const last = this.#count - 1;
    const lastSeenMs = this.#seenMs[last] ?? 0;
    const lastSentMs = this.#sentMs[last] ?? Number.NaN;
    for (let index = 0; index <= last; index += 1) {
      const seenMs = this.#seenMs[index] ?? 0;
      const spreadMs = sendSpread(this.#sentMs[index] ?? Number.NaN, lastSentMs);
      const spacedMs = spreadMs <= maxSpreadMs ? lastSeenMs - spreadMs : seenMs;
      this.#lastArrivalMs = Math.max(this.#lastArrivalMs, Math.min(seenMs, spacedMs));
      this.#record(this.#numbers[index] ?? 0, this.#lastArrivalMs);
    }
    this.#count = 0;
  }
}

/** The time from one send time to a later one; infinite if they are out of order or unknown. */
function sendSpread(fromMs: number, toMs: number): number {
  const spreadMs = (toMs - fromMs + sendTimeRingMs) % sendTimeRingMs;
  return Number.isNaN(spreadMs) ? Number.POSITIVE_INFINITY : spreadMs;
}
