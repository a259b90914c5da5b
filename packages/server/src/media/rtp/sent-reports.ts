import type { ReportBlock, SenderReport } from './rtcp.ts';

/** A viewer answers one of the latest reports; older ones are of no use. */
const kept = 8;

/** Remembers when sender reports went out, to tell the round trip from what receivers say of them. */
export class SentReports {
  readonly #sentMs = new Map<number, number>();

  /** Notes a report that is sent now. */
  sent(report: Pick<SenderReport, 'ntpSeconds' | 'ntpFraction'>, nowMs: number): void {
    this.#sentMs.set(middleBits(report), nowMs);
    const [oldest] = this.#sentMs.keys();
    if (this.#sentMs.size > kept && oldest !== undefined) this.#sentMs.delete(oldest);
  }

  /**
   * The round trip that a report block tells, in milliseconds (RFC 3550, section 6.4.1); undefined when it answers no
   * report that is remembered.
   */
  roundTripMs(block: ReportBlock, nowMs: number): number | undefined {
    const sentMs = this.#sentMs.get(block.lastSenderReport);
    if (sentMs === undefined) return undefined;
    return Math.max(0, nowMs - sentMs - (block.delaySinceLastSenderReport * 1_000) / 65_536);
  }
}

/** How receivers name a sender report: the middle 32 bits of its time. */
export function middleBits({
  ntpSeconds,
  ntpFraction,
}: Pick<SenderReport, 'ntpSeconds' | 'ntpFraction'>): number {
  return ((ntpSeconds & 0xffff) * 0x1_0000 + (ntpFraction >>> 16)) >>> 0;
}
