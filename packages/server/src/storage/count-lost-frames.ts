import { readFileSync } from 'node:fs';

const headerBytes = 32;
const frameHeaderBytes = 24;

/**
 * Counts the frames of a SQLite write-ahead log that SQLite is going to ignore, because one of them is damaged: it reads
 * only up to there, in silence. 0 without a log. Call it before SQLite opens the database.
 *
 * @see https://www.sqlite.org/fileformat2.html#the_write_ahead_log
 */
export function countLostFrames(path: string): number {
  const log = readIfPresent(path);
  if (log.length <= headerBytes) return 0;
  const pageBytes = log.readUInt32BE(8);
  const frameBytes = frameHeaderBytes + pageBytes;
  const isHeaderWhole = [0x377f0682, 0x377f0683].includes(log.readUInt32BE(0));
  const checksum = new Checksum(log.readUInt32BE(0) === 0x377f0682);
  checksum.add(log.subarray(0, 24));
  if (!isHeaderWhole || !checksum.equals(log.subarray(24, headerBytes))) return 1;
  const salts = log.subarray(16, 24);
  let isBroken = false;
  let lost = 0;
  for (let start = headerBytes; start + frameBytes <= log.length; start += frameBytes) {
    const frame = log.subarray(start, start + frameBytes);
    checksum.add(frame.subarray(0, 8));
    checksum.add(frame.subarray(frameHeaderBytes));
    const isCurrent = frame.subarray(8, 16).equals(salts);
    // Frames with other salts are left from before the last checkpoint, unless current ones follow.
    isBroken ||= !isCurrent || !checksum.equals(frame.subarray(16, 24));
    if (isCurrent && isBroken) lost += 1;
  }
  return lost;
}

/** SQLite's checksum of pairs of 32-bit words, which continues from frame to frame. */
class Checksum {
  readonly #isLittleEndian: boolean;
  #first = 0;
  #second = 0;

  constructor(isLittleEndian: boolean) {
    this.#isLittleEndian = isLittleEndian;
  }

  add(bytes: Buffer): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let offset = 0; offset + 8 <= bytes.length; offset += 8) {
      this.#first = (this.#first + view.getUint32(offset, this.#isLittleEndian) + this.#second) >>> 0;
      this.#second = (this.#second + view.getUint32(offset + 4, this.#isLittleEndian) + this.#first) >>> 0;
    }
  }

  equals(stored: Buffer): boolean {
    return stored.readUInt32BE(0) === this.#first && stored.readUInt32BE(4) === this.#second;
  }
}

function readIfPresent(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    // Whatever prevents reading, SQLite will report it.
    return Buffer.alloc(0);
  }
}
