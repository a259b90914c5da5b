import type { Bytes } from './frame-format.ts';

const randomBytes = 8;
const countBytes = 4;
const counts = 2 ** (8 * countBytes);

/**
 * Generates the IVs of one sender without repeating any: 8 random bytes that no other sender has, and a count. Draws new
 * random bytes after all counts are used.
 */
export class IvSource {
  #random = draw();
  #count: number;

  constructor(firstCount = 0) {
    this.#count = firstCount;
  }

  next(): Bytes {
    if (this.#count === counts) {
      this.#random = draw();
      this.#count = 0;
    }
    const iv = new Uint8Array(randomBytes + countBytes);
    iv.set(this.#random);
    new DataView(iv.buffer).setUint32(randomBytes, this.#count);
    this.#count += 1;
    return iv;
  }
}

function draw(): Bytes {
  return crypto.getRandomValues(new Uint8Array(randomBytes));
}
