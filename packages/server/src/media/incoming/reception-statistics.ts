import { middleBits, type ReportBlock, type SenderReport } from '../wire/rtcp.ts';

/** Counts the arrived packets of one stream, for receiver reports (RFC 3550, sections 6.4.1 and A.3, A.8). */
export class ReceptionStatistics {
  readonly #clockRate: number;
  #firstNumber: number | undefined;
  #highestNumber = 0;
  #received = 0;
  #firstTries = 0;
  #expectedAtReport = 0;
  #receivedAtReport = 0;
  #firstTriesAtReport = 0;
  #lossRatio = 0;
  #transitTicks: number | undefined;
  #jitterTicks = 0;
  #lastSenderReport: { readonly middleBits: number; readonly arrivedMs: number } | undefined;

  /** `clockRate` in RTP timestamp ticks per second. */
  constructor(clockRate: number) {
    this.#clockRate = clockRate;
  }

  /** Share of packets that did not arrive on the first try, 0 to 1, as of the last {@link report}. */
  get lossRatio(): number {
    return this.#lossRatio;
  }

  get jitterMs(): number {
    return (this.#jitterTicks * 1_000) / this.#clockRate;
  }

  /** Counts a packet that arrived for the first time, directly or as a retransmission. */
  received(extendedNumber: number): void {
    this.#firstNumber ??= extendedNumber;
    this.#highestNumber =
      this.#received === 0 ? extendedNumber : Math.max(this.#highestNumber, extendedNumber);
    this.#received += 1;
  }

  /** Records the arrival time of a packet that came on the first try. */
  arrived(timestamp: number, nowMs: number): void {
    this.#firstTries += 1;
    const arrivalTicks = Math.round((nowMs * this.#clockRate) / 1_000);
    const transit = (arrivalTicks - timestamp) | 0;
    if (this.#transitTicks !== undefined) {
      const difference = Math.abs((transit - this.#transitTicks) | 0);
      this.#jitterTicks += (difference - this.#jitterTicks) / 16;
    }
    this.#transitTicks = transit;
  }

  senderReport(report: SenderReport, nowMs: number): void {
    this.#lastSenderReport = { middleBits: middleBits(report), arrivedMs: nowMs };
  }

  /** The report block for the time since the last report. */
  report(ssrc: number, nowMs: number): ReportBlock {
    const expected = this.#firstNumber === undefined ? 0 : this.#highestNumber - this.#firstNumber + 1;
    const expectedNow = expected - this.#expectedAtReport;
    const lostNow = expectedNow - (this.#received - this.#receivedAtReport);
    const firstTriesNow = this.#firstTries - this.#firstTriesAtReport;
    this.#lossRatio = expectedNow > 0 ? Math.max(0, 1 - firstTriesNow / expectedNow) : 0;
    this.#firstTriesAtReport = this.#firstTries;
    this.#expectedAtReport = expected;
    this.#receivedAtReport = this.#received;
    const last = this.#lastSenderReport;
    return {
      ssrc,
      // Below 256, because at least the newest packet has arrived.
      fractionLost: expectedNow > 0 && lostNow > 0 ? Math.floor((lostNow * 256) / expectedNow) : 0,
      packetsLost: Math.max(-0x80_0000, Math.min(0x7f_ffff, expected - this.#received)),
      highestSequenceNumber: this.#highestNumber >>> 0,
      jitter: Math.round(this.#jitterTicks) >>> 0,
      lastSenderReport: last?.middleBits ?? 0,
      delaySinceLastSenderReport: last ? Math.round(((nowMs - last.arrivedMs) * 65_536) / 1_000) >>> 0 : 0,
    };
  }
}
