import type { RtpPacket } from './rtp-packet.ts';

/**
 * The latest packets of one stream by extended sequence number: answers retransmission requests, and knows
 * which packets were there already. One ring for all viewers of the stream.
 */
export class PacketHistory {
  readonly #packets: (RtpPacket | undefined)[];
  readonly #numbers: Float64Array;

  /** `capacity` in packets. */
  constructor(capacity: number) {
    this.#packets = Array.from({ length: capacity });
    this.#numbers = new Float64Array(capacity).fill(Number.NaN);
  }

  get capacity(): number {
    return this.#packets.length;
  }

  /** Keeps a packet, in place of the one that is `capacity` older. */
  add(extendedNumber: number, packet: RtpPacket): void {
    const slot = this.#slot(extendedNumber);
    this.#packets[slot] = packet;
    this.#numbers[slot] = extendedNumber;
  }

  has(extendedNumber: number): boolean {
    return this.#numbers[this.#slot(extendedNumber)] === extendedNumber;
  }

  /** The packet with this number; undefined when it never came or is too old. */
  get(extendedNumber: number): RtpPacket | undefined {
    return this.has(extendedNumber) ? this.#packets[this.#slot(extendedNumber)] : undefined;
  }

  clear(): void {
    this.#packets.fill(undefined);
    this.#numbers.fill(Number.NaN);
  }

  #slot(extendedNumber: number): number {
    const remainder = extendedNumber % this.#packets.length;
    return remainder < 0 ? remainder + this.#packets.length : remainder;
  }
}
