import type { RtpPacket } from '../wire/rtp-packet.ts';

/** A little longer than the router requests a missing packet from its publisher. */
const patienceMs = 1_200;
/** Limits the memory of a stream that floods the router: three seconds of video at 8 Mbps. */
const maxWaiting = 3_000;

/** Receives packets in the sender's order; `isAfterGap` says that packets before this one are lost for good. */
type OrderedPacketListener = (packet: RtpPacket, arrivedMs: number, isAfterGap: boolean) => void;

interface WaitingPacket {
  readonly packet: RtpPacket;
  readonly arrivedMs: number;
}

/** Puts the packets of one stream back in order: holds those after a missing one until it arrives or is given up. */
export class PacketOrder {
  readonly #onPacket: OrderedPacketListener;
  readonly #waiting = new Map<number, WaitingPacket>();
  #next: number | undefined;
  #waitingSinceMs: number | undefined;

  constructor(onPacket: OrderedPacketListener) {
    this.#onPacket = onPacket;
  }

  /** Takes a packet under its extended sequence number. The first one is the start. */
  add(packet: RtpPacket, number: number, nowMs: number): void {
    this.#next ??= number;
    if (number < this.#next) return;
    if (number > this.#next) {
      this.#waiting.set(number, { packet, arrivedMs: nowMs });
      this.#waitingSinceMs ??= nowMs;
      if (this.#waiting.size > maxWaiting) this.#skipGap(nowMs);
      return;
    }
    this.#next += 1;
    this.#onPacket(packet, nowMs, false);
    this.#drain(nowMs);
  }

  /** Gives up packets that are missing for too long. Call it every 20 ms or so. */
  tick(nowMs: number): void {
    if (this.#waitingSinceMs !== undefined && nowMs - this.#waitingSinceMs >= patienceMs)
      this.#skipGap(nowMs);
  }

  /** Passes on everything that waits, for the end of the stream. */
  flush(): void {
    while (this.#waiting.size > 0) this.#skipGap(0);
  }

  /** Starts again with any number, when the sender starts its numbers again. */
  restart(): void {
    this.flush();
    this.#next = undefined;
  }

  #drain(nowMs: number): void {
    if (this.#waiting.size === 0) return;
    let number = this.#next ?? 0;
    for (let waiting = this.#waiting.get(number); waiting; waiting = this.#waiting.get(number)) {
      this.#waiting.delete(number);
      number += 1;
      this.#next = number;
      this.#onPacket(waiting.packet, waiting.arrivedMs, false);
    }
    // Another gap follows, which is younger.
    this.#waitingSinceMs = this.#waiting.size > 0 ? nowMs : undefined;
  }

  #skipGap(nowMs: number): void {
    const number = Math.min(...this.#waiting.keys());
    const waiting = this.#waiting.get(number);
    if (!waiting) return;
    this.#waiting.delete(number);
    this.#next = number + 1;
    this.#onPacket(waiting.packet, waiting.arrivedMs, true);
    this.#waitingSinceMs = undefined;
    this.#drain(nowMs);
  }
}
