import type { Segment } from './segment.ts';

const firstCapacity = 64;

/**
 * Which packet one viewer received under which number, so that a repair repeats it even after the source has changed.
 * Grows with the traffic: there is one per stream of each viewer, and many carry little.
 */
export class SentPackets {
  readonly #capacity: number;
  #numbers = new Float64Array();
  #sourceNumbers = new Float64Array();
  #marks = new Int32Array();
  #segments: (Segment | undefined)[] = [];

  /** Remembers the last `capacity` packets. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(number: number, segment: Segment, sourceNumber: number, mark: number): void {
    while (this.#numbers.length < this.#capacity && this.#isTaken(number)) this.#grow();
    this.#put(number, segment, sourceNumber, mark);
  }

  /** The segment of a packet; undefined if it was never sent or is too old. */
  segmentOf(number: number): Segment | undefined {
    const slot = this.#slotOf(number);
    return this.#numbers[slot] === number ? this.#segments[slot] : undefined;
  }

  /** Only for a number that has a segment. */
  sourceNumberOf(number: number): number {
    return this.#sourceNumbers[this.#slotOf(number)] ?? 0;
  }

  /** Only for a number that has a segment. */
  markOf(number: number): number {
    return this.#marks[this.#slotOf(number)] ?? 0;
  }

  #put(number: number, segment: Segment | undefined, sourceNumber: number, mark: number): void {
    const slot = this.#slotOf(number);
    this.#numbers[slot] = number;
    this.#segments[slot] = segment;
    this.#sourceNumbers[slot] = sourceNumber;
    this.#marks[slot] = mark;
  }

  /** Whether the number's slot holds another number. */
  #isTaken(number: number): boolean {
    const occupant = this.#numbers[this.#slotOf(number)] ?? number;
    return this.#numbers.length === 0 || (occupant !== number && !Number.isNaN(occupant));
  }

  #grow(): void {
    const numbers = this.#numbers;
    const sourceNumbers = this.#sourceNumbers;
    const marks = this.#marks;
    const segments = this.#segments;
    const capacity = Math.min(this.#capacity, Math.max(firstCapacity, 2 * numbers.length));
    this.#numbers = new Float64Array(capacity).fill(Number.NaN);
    this.#sourceNumbers = new Float64Array(capacity);
    this.#marks = new Int32Array(capacity);
    this.#segments = Array.from({ length: capacity });
    for (const [slot, number] of numbers.entries()) {
      if (!Number.isNaN(number))
        this.#put(number, segments[slot], sourceNumbers[slot] ?? 0, marks[slot] ?? 0);
    }
  }

  #slotOf(number: number): number {
    const remainder = number % this.#numbers.length;
    return remainder < 0 ? remainder + this.#numbers.length : remainder;
  }
}
