import { extendSequenceNumber } from './sequence-number.ts';

const firstCapacity = 64;
/** Some seconds, even of a probe. */
const mostCapacity = 4_096;
/** Nobody reports about a packet later. */
const reportedWithinMs = 5_000;

const isPending = 0;
const isLost = 1;
const isArrived = 2;

/** What is known of one packet that a viewer reports about. */
export interface SentPacket {
  sentMs: number;
  bytes: number;
  /** Whether it was reported before as lost. */
  wasLost: boolean;
}

/**
 * Numbers every packet that goes to one viewer, and remembers when it left and how large it was. It grows with what is sent:
 * there is one for each viewer, and many are sent little.
 */
export class SentTimes {
  #sentMs = new Float64Array(firstCapacity);
  #bytes = new Uint16Array(firstCapacity);
  #states = new Uint8Array(firstCapacity);
  /** Filled in for each answer, since there are very many. */
  readonly #packet: SentPacket = { sentMs: 0, bytes: 0, wasLost: false };
  readonly #first: number;
  #next: number;

  /** Begins with this number. */
  constructor(first = 0) {
    this.#first = first;
    this.#next = first;
  }

  /** The number that the next packet gets, not wrapped. */
  get next(): number {
    return this.#next;
  }

  /** Notes a packet that leaves now; its transport-wide number is the answer, in 16 bits. */
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

  /** The number that 16 bits stand for; undefined for one that was never sent or is too old. */
  extend(number: number): number | undefined {
    const extended = extendSequenceNumber(number, this.#next - 1);
    return extended >= this.#first && extended < this.#next && extended >= this.#next - this.#capacity
      ? extended
      : undefined;
  }

  /** A packet that arrived, the first time that this is told. The answer is valid until the next. */
  arrived(extended: number): SentPacket | undefined {
    const slot = extended % this.#capacity;
    if (this.#states[slot] === isArrived) return undefined;
    this.#packet.wasLost = this.#states[slot] === isLost;
    this.#packet.sentMs = this.#sentMs[slot] ?? 0;
    this.#packet.bytes = this.#bytes[slot] ?? 0;
    this.#states[slot] = isArrived;
    return this.#packet;
  }

  /** Says whether this is the first time that the packet is told to be missing. */
  lost(extended: number): boolean {
    const slot = extended % this.#capacity;
    if (this.#states[slot] !== isPending) return false;
    this.#states[slot] = isLost;
    return true;
  }

  get #capacity(): number {
    return this.#states.length;
  }

  /** Whether this packet, in whose place the next would come, may still be reported. */
  #isNeeded(extended: number, nowMs: number): boolean {
    if (extended < this.#first || this.#capacity === mostCapacity) return false;
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
