import { isRtcp } from '../wire/rtp-packet.ts';

const senderReportType = 200;
const receiverReportType = 201;
const transportFeedbackType = 205;
const arrivalsFormat = 15;
const senderReportBytes = 28;
const reportHeaderBytes = 8;

/** One such report may be a coincidence. */
const provenAfterReports = 3;

/**
 * Recognizes a peer that reports on a timer, as RFC 3550 (section 6.2) asks of every participant. Its silence means
 * something. Simpler peers report only along with media: a sender report with a packet, a receiver report when a
 * sender report arrives. They fall silent with the media, so their silence means nothing.
 *
 * The evidence is a sender report whose time is that of no packet beside it, a receiver report that nothing prompted,
 * or feedback on the arrival of each packet, which may not stop while packets arrive.
 */
export class ReportTimer {
  #unprompted = 0;
  #packetSsrc = -1;
  #packetTimestamp = -1;
  /** A sender report between two packets, until the second one arrives. */
  #pending: { readonly ssrc: number; readonly timestamp: number } | undefined;
  #wasPrompted = true;

  get isProven(): boolean {
    return this.#unprompted >= provenAfterReports;
  }

  /** Takes a packet from the peer. */
  heard(packet: Buffer): void {
    if (this.isProven) return;
    if (isRtcp(packet)) this.#hearReport(packet);
    else if (packet.length >= 12) this.#hearMedia(packet.readUInt32BE(8), packet.readUInt32BE(4));
  }

  /** Takes a packet sent to the peer. */
  sent(packet: Uint8Array): void {
    if (packet[1] === senderReportType) this.#wasPrompted = true;
  }

  #hearReport(packet: Buffer): void {
    const type = packet[1];
    const count = (packet[0] ?? 0) & 0x1f;
    if (type === senderReportType && packet.length >= senderReportBytes) {
      const ssrc = packet.readUInt32BE(4);
      const timestamp = packet.readUInt32BE(16);
      const isBetween = ssrc === this.#packetSsrc && timestamp !== this.#packetTimestamp;
      this.#pending = isBetween ? { ssrc, timestamp } : undefined;
    } else if (type === receiverReportType && count > 0 && packet.length > reportHeaderBytes) {
      if (!this.#wasPrompted) this.#unprompted += 1;
      this.#wasPrompted = false;
    } else if (type === transportFeedbackType && count === arrivalsFormat) {
      this.#unprompted += 1;
    }
  }

  #hearMedia(ssrc: number, timestamp: number): void {
    this.#packetSsrc = ssrc;
    this.#packetTimestamp = timestamp;
    if (this.#pending?.ssrc !== ssrc) return;
    if (this.#pending.timestamp !== timestamp) this.#unprompted += 1;
    this.#pending = undefined;
  }
}
