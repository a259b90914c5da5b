import { extendSequenceNumber } from '../wire/sequence-number.ts';

const firstCapacity = 64;
/** Several seconds, even of a probe. */
const maxCapacity = 4_096;
/** No receiver reports a packet later than this. */
const reportedWithinMs = 5_000;

const isPending = 0;
const isLost = 1;
const isArrived = 2;

/** The record of one packet that a viewer reports on. */
export interface SentPacket {
  sentMs: number;
  bytes: number;
  /** Whether it was reported as lost before. */
  wasLost: boolean;
}

/**
 * Numbers every packet sent to one viewer, and records when it left and its size. Grows with the traffic: there is one
 * per viewer, and many viewers receive little.
 */
export class SentTimes {
  #sentMs = new Float64Array(firstCapacity);
  #bytes = new Uint16Array(firstCapacity);
  #states = new Uint8Array(firstCapacity);
  /** Reused for each result, because there are very many. */
  readonly #packet: SentPacket = { sentMs: 0, bytes: 0, wasLost: false };
  readonly #first: number;
  #next: number;

  /** Starts with this number. */
  constructor(first = 0) {
    this.#first = first;
    this.#next = first;
  }

  /** The number of the next packet, not wrapped. */
  get next(): number {
    return this.#next;
  }

  /** Records a packet that leaves now, and returns its transport-wide number in 16 bits. */
  add(bytes: number, nowMs: number): number {
    const number = this.#next;
    if (this.#isNeeded(number - this.#capacity, nowMs)) this.#grow();
    const slot = number % this.#capacity;
    this.#sentMs[slot] = nowMs;
    this.#bytes[slot] = bytes;
    this.#states[slot] = isPending;
    this.#next = number + 1;
    return number & 0xffff;
  }

  /** The full number for 16 bits; undefined for one that was never sent or is too old. */
  extend(number: number): number | undefined {
    const extended = extendSequenceNumber(number, this.#next - 1);
    return extended >= this.#first && extended < this.#next && extended >= this.#next - this.#capacity
      ? extended
      : undefined;
  }

  /** The record of an arrived packet, only the first time it is reported. Valid until the next call. */
  arrived(extended: number): SentPacket | undefined {
    const slot = extended % this.#capacity;
    if (this.#states[slot] === isArrived) return undefined;
    this.#packet.wasLost = this.#states[slot] === isLost;
    this.#packet.sentMs = this.#sentMs[slot] ?? 0;
    this.#packet.bytes = this.#bytes[slot] ?? 0;
    this.#states[slot] = isArrived;
    return this.#packet;
  }

  /** Returns whether this is the first report that the packet is missing. */
  lost(extended: number): boolean {
    const slot = extended % this.#capacity;
    if (this.#states[slot] !== isPending) return false;
    this.#states[slot] = isLost;
    return true;
  }

  get #capacity(): number {
    return this.#states.length;
  }

  /** Whether this packet, whose slot the next one would take, may still be reported. */
  #isNeeded(extended: number, nowMs: number): boolean {
    if (extended < this.#first || this.#capacity === maxCapacity) return false;
    return nowMs - (this.#sentMs[extended % this.#capacity] ?? 0) < reportedWithinMs;
  }

  #grow(): void {
    const { length } = this.#states;
    const [sentMs, bytes, states] = [this.#sentMs, this.#bytes, this.#states];
    this.#sentMs = new Float64Array(2 * length);
    this.#bytes = new Uint16Array(2 * length);
    this.#states = new Uint8Array(2 * length);
    for (let number = this.#next - length; number < this.#next; number += 1) {
      this.#sentMs[number % (2 * length)] = sentMs[number % length] ?? 0;
      this.#bytes[number % (2 * length)] = bytes[number % length] ?? 0;
      this.#states[number % (2 * length)] = states[number % length] ?? isPending;
    }
  }
}
