import type { MediaKind } from '../codecs/codec.ts';
import type { RtpPacket } from '../wire/rtp-packet.ts';

/** A repair that arrives later than this is too late to be shown. */
const keepMs = 2_000;
/** Number of packets kept for viewers' losses: 2 seconds of video at 5 Mbps, more of audio. */
export const historySizes: Readonly<Record<MediaKind, number>> = { audio: 256, video: 1_024 };

/** Granularity of the packets' age. */
const ageStepMs = 500;

/**
 * The latest packets of one stream by extended sequence number: serves retransmission requests, and knows which
 * packets already arrived. One ring for all viewers of the stream.
 */
export class PacketHistory {
  readonly #packets: (RtpPacket | undefined)[];
  readonly #numbers: Float64Array;
  #highest: number | undefined;
  /** Packets up to this one were released. */
  #released = Number.NEGATIVE_INFINITY;
  /** The newest packet at past points in time, oldest first. */
  #marks: { readonly atMs: number; readonly highest: number }[] = [];

  /** `capacity` in packets. */
  constructor(capacity: number) {
    this.#packets = Array.from({ length: capacity });
    this.#numbers = new Float64Array(capacity).fill(Number.NaN);
  }

  get capacity(): number {
    return this.#packets.length;
  }

  /** Stores a packet in place of the one that is `capacity` older. */
  add(extendedNumber: number, packet: RtpPacket): void {
    const slot = this.#slot(extendedNumber);
    this.#packets[slot] = packet;
    this.#numbers[slot] = extendedNumber;
    this.#highest = Math.max(this.#highest ?? extendedNumber, extendedNumber);
  }

  /** Whether the packet has arrived, even if it is no longer stored. */
  has(extendedNumber: number): boolean {
    return this.#numbers[this.#slot(extendedNumber)] === extendedNumber;
  }

  /** The packet with this number; undefined if it never arrived or is too old. */
  get(extendedNumber: number): RtpPacket | undefined {
    return this.has(extendedNumber) ? this.#packets[this.#slot(extendedNumber)] : undefined;
  }

  /**
   * Releases packets older than 2 to 2.5 seconds, so that slow streams hold little memory. Call it every 20 ms or so.
   */
  tick(nowMs: number): void {
    const newest = this.#marks.at(-1);
    if (this.#highest === undefined || (newest && nowMs - newest.atMs < ageStepMs)) return;
    this.#marks.push({ atMs: nowMs, highest: this.#highest });
    const [oldest] = this.#marks;
    if (!oldest || nowMs - oldest.atMs < keepMs) return;
    this.#marks.shift();
    this.#release(oldest.highest);
  }

  clear(): void {
    this.#packets.fill(undefined);
    this.#numbers.fill(Number.NaN);
    this.#highest = undefined;
    this.#released = Number.NEGATIVE_INFINITY;
    this.#marks = [];
  }

  #release(last: number): void {
    const first = Math.max(this.#released + 1, last - this.#packets.length + 1);
    for (let number = first; number <= last; number += 1) {
      if (this.has(number)) this.#packets[this.#slot(number)] = undefined;
    }
    this.#released = last;
  }

  #slot(extendedNumber: number): number {
    const remainder = extendedNumber % this.#packets.length;
    return remainder < 0 ? remainder + this.#packets.length : remainder;
  }
}
