/** Reads bits from the most significant one on. Reading past the end gives zeros and sets {@link isPastEnd}. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isPastEnd(): boolean {
    return this.#position > this.#bytes.length * 8;
  }

  /** The next `count` bits as a number, at most 32. */
  bits(count: number): number {
    let value = 0;
    for (let index = 0; index < count; index += 1) {
      const byte = this.#bytes[this.#position >> 3] ?? 0;
      value = value * 2 + ((byte >> (7 - (this.#position & 7))) & 1);
      this.#position += 1;
    }
    return value;
  }

  flag(): boolean {
    return this.bits(1) === 1;
  }

  skip(count: number): void {
    this.#position += count;
  }

  /** An unsigned number in Exp-Golomb code (H.264, section 9.1). */
  golomb(): number {
    let zeros = 0;
    while (!this.flag()) {
      zeros += 1;
      if (zeros > 31 || this.isPastEnd) return 0;
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** A signed number in Exp-Golomb code (H.264, section 9.1.1). */
  signedGolomb(): number {
    const code = this.golomb();
    return code % 2 === 0 ? -(code / 2) : (code + 1) / 2;
  }
}
