/** MQTT writes a packet's length in at most this many bytes, seven bits in each. */
const longestLength = 4;

/**
 * Reads the lengths of MQTT packets from a connection's bytes, however these are cut. A parser holds a packet until it is
 * complete, and a packet may announce 256 MB.
 */
export class PacketMeter {
  readonly #maxBytes: number;
  /** Bytes of the current packet that are still to come. */
  #rest = 0;
  /** How many bytes of the current length were read; undefined before the packet's first byte. */
  #lengthBytes: number | undefined;
  #length = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Reads the connection's next bytes. Returns false once a packet is longer than allowed, or has no valid length. */
  read(bytes: Uint8Array): boolean {
    for (let index = 0; index < bytes.length;) {
      if (this.#rest > 0) {
        const skipped = Math.min(this.#rest, bytes.length - index);
        this.#rest -= skipped;
        index += skipped;
      } else if (this.#lengthBytes === undefined) {
        this.#lengthBytes = 0;
        this.#length = 0;
        index += 1;
      } else if (!this.#readLength(bytes[index] ?? 0, this.#lengthBytes)) {
        return false;
      } else {
        index += 1;
      }
    }
    return true;
  }

  #readLength(byte: number, readBefore: number): boolean {
    const hasMore = byte >= 128;
    this.#length += (byte % 128) * 128 ** readBefore;
    if (this.#length > this.#maxBytes || (hasMore && readBefore + 1 === longestLength)) return false;
    this.#lengthBytes = hasMore ? readBefore + 1 : undefined;
    if (!hasMore) this.#rest = this.#length;
    return true;
  }
}
