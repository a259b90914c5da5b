import type { ReportBlock, SenderReport } from './rtcp.ts';

/** Counts what arrived of one stream, for receiver reports (RFC 3550, sections 6.4.1 and A.3, A.8). */
export class ReceptionStatistics {
  readonly #clockRate: number;
  #firstNumber: number | undefined;
  #highestNumber = 0;
  #received = 0;
  #expectedAtReport = 0;
  #receivedAtReport = 0;
  #transitTicks: number | undefined;
  #jitterTicks = 0;
  #lastSenderReport: { readonly middleBits: number; readonly arrivedMs: number } | undefined;

  /** `clockRate` in RTP timestamp ticks per second. */
  constructor(clockRate: number) {
    this.#clockRate = clockRate;
  }

  /** Counts a packet that came for the first time, by itself or as a retransmission. */
  received(extendedNumber: number): void {
    this.#firstNumber ??= extendedNumber;
    this.#highestNumber =
      this.#received === 0 ? extendedNumber : Math.max(this.#highestNumber, extendedNumber);
    this.#received += 1;
  }

  /** Takes the timing of a packet that came in the first try. */
  arrived(timestamp: number, nowMs: number): void {
    const arrivalTicks = Math.round((nowMs * this.#clockRate) / 1_000);
    const transit = (arrivalTicks - timestamp) | 0;
    if (this.#transitTicks !== undefined) {
      const difference = Math.abs((transit - this.#transitTicks) | 0);
      this.#jitterTicks += (difference - this.#jitterTicks) / 16;
    }
    this.#transitTicks = transit;
  }

  senderReport(report: SenderReport, nowMs: number): void {
    const middleBits = ((report.ntpSeconds & 0xffff) * 0x1_0000 + (report.ntpFraction >>> 16)) >>> 0;
    this.#lastSenderReport = { middleBits, arrivedMs: nowMs };
  }

  /** The report block for the time since the last one. */
  report(ssrc: number, nowMs: number): ReportBlock {
    const expected = this.#firstNumber === undefined ? 0 : this.#highestNumber - this.#firstNumber + 1;
    const expectedNow = expected - this.#expectedAtReport;
    const lostNow = expectedNow - (this.#received - this.#receivedAtReport);
    this.#expectedAtReport = expected;
    this.#receivedAtReport = this.#received;
    const last = this.#lastSenderReport;
    return {
      ssrc,
      fractionLost:
        expectedNow > 0 && lostNow > 0 ? Math.min(255, Math.floor((lostNow * 256) / expectedNow)) : 0,
      packetsLost: Math.max(-0x80_0000, Math.min(0x7f_ffff, expected - this.#received)),
      highestSequenceNumber: this.#highestNumber >>> 0,
      jitter: Math.round(this.#jitterTicks) >>> 0,
      lastSenderReport: last?.middleBits ?? 0,
      delaySinceLastSenderReport: last ? Math.round(((nowMs - last.arrivedMs) * 65_536) / 1_000) >>> 0 : 0,
    };
  }
}
