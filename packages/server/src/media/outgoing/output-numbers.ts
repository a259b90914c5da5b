const maxRemembered = 1_024;

/**
 * The sequence numbers of one source as one viewer sees them: without gaps for packets that were dropped on purpose.
 */
export class OutputNumbers {
  /** Earlier packets were never sent, or precede those of {@link #dropped}. */
  #firstKnown: number;
  #offset: number;
  #highest: number;
  /** The latest dropped numbers of the source, ascending. */
  readonly #dropped: number[] = [];

  /** Maps the source's number `first` to `output`. */
  constructor(first: number, output: number) {
    this.#firstKnown = first;
    this.#offset = output - first;
    this.#highest = first - 1;
  }

  /**
   * The viewer's number for a packet of the source; undefined for one that precedes the first, was dropped or is too
   * old.
   */
  take(number: number): number | undefined {
    if (number < this.#firstKnown) return undefined;
    if (number > this.#highest) this.#highest = number;
    const later = this.#countDroppedSince(number);
    const isDropped = this.#dropped[this.#dropped.length - later] === number;
    return isDropped ? undefined : number + this.#offset + later;
  }

  /** Drops a packet; false if later packets already have their numbers, so that it leaves a gap. */
  drop(number: number): boolean {
    if (number <= this.#highest) return false;
    this.#highest = number;
    this.#offset -= 1;
    this.#dropped.push(number);
    if (this.#dropped.length > maxRemembered) {
      const forgotten = this.#dropped.splice(0, maxRemembered / 2);
      this.#firstKnown = Math.max(...forgotten) + 1;
    }
    return true;
  }

  /** Number of packets dropped from `number` on. */
  #countDroppedSince(number: number): number {
    let later = 0;
    while (later < this.#dropped.length && (this.#dropped[this.#dropped.length - 1 - later] ?? 0) >= number) {
      later += 1;
    }
    return later;
  }
}
