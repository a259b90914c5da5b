import { middleBits, type ReportBlock, type SenderReport } from '../wire/rtcp.ts';

/** A viewer answers one of the latest reports; older ones are not needed. */
const kept = 8;

/** Records when sender reports were sent, to compute the round-trip time from receivers' answers. */
export class SentReports {
  readonly #sentMs = new Map<number, number>();

  /** Records a report that is sent now. */
  sent(report: Pick<SenderReport, 'ntpSeconds' | 'ntpFraction'>, nowMs: number): void {
    this.#sentMs.set(middleBits(report), nowMs);
    const [oldest] = this.#sentMs.keys();
    if (this.#sentMs.size > kept && oldest !== undefined) this.#sentMs.delete(oldest);
  }

  /**
   * The round-trip time from a report block, in milliseconds (RFC 3550, section 6.4.1); undefined if it answers no
   * recorded report.
   */
  roundTripMs(block: ReportBlock, nowMs: number): number | undefined {
    const sentMs = this.#sentMs.get(block.lastSenderReport);
    if (sentMs === undefined) return undefined;
    return Math.max(0, nowMs - sentMs - (block.delaySinceLastSenderReport * 1_000) / 65_536);
  }
}
