import type { Segment } from './segment.ts';

const capacity = 1_024;

/** What one viewer was sent under which number, so that a repair repeats it even after the source has changed. */
export class SentPackets {
  readonly #numbers = new Float64Array(capacity).fill(Number.NaN);
  readonly #sourceNumbers = new Float64Array(capacity);
  readonly #marks = new Int32Array(capacity);
  readonly #segments: (Segment | undefined)[] = Array.from({ length: capacity });

  add(number: number, segment: Segment, sourceNumber: number, mark: number): void {
    const slot = slotOf(number);
    this.#numbers[slot] = number;
    this.#segments[slot] = segment;
    this.#sourceNumbers[slot] = sourceNumber;
    this.#marks[slot] = mark;
  }

  /** Where the packet came from; undefined when it never went out or is too old. */
  segmentOf(number: number): Segment | undefined {
    const slot = slotOf(number);
    return this.#numbers[slot] === number ? this.#segments[slot] : undefined;
  }

  /** Only for a number that has a segment. */
  sourceNumberOf(number: number): number {
    return this.#sourceNumbers[slotOf(number)] ?? 0;
  }

  /** Only for a number that has a segment. */
  markOf(number: number): number {
    return this.#marks[slotOf(number)] ?? 0;
  }
}

function slotOf(number: number): number {
  const remainder = number % capacity;
  return remainder < 0 ? remainder + capacity : remainder;
}
