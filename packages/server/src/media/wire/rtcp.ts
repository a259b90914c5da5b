import type { TransportArrivals } from './parse-transport-feedback.ts';

/** The RTCP messages that the router handles. It skips everything else in a compound packet. */
export type RtcpMessage =
  | ({ readonly type: 'sender-report' } & SenderReport)
  | { readonly type: 'receiver-report'; readonly reports: readonly ReportBlock[] }
  | { readonly type: 'nack'; readonly mediaSsrc: number; readonly sequenceNumbers: readonly number[] }
  | { readonly type: 'key-frame-request'; readonly mediaSsrc: number }
  | { readonly type: 'bandwidth-estimate'; readonly bitrateBps: number }
  | ({ readonly type: 'transport-arrivals' } & TransportArrivals);

/** The sender information of an SR (RFC 3550, section 6.4.1). */
export interface SenderReport {
  readonly ssrc: number;
  /** Seconds since 1900. */
  readonly ntpSeconds: number;
  /** Fraction of a second in units of 2^-32. */
  readonly ntpFraction: number;
  readonly rtpTimestamp: number;
  readonly packetCount: number;
  readonly octetCount: number;
}

/** The middle 32 bits of a sender report's time, by which receivers refer to it. */
export function middleBits({
  ntpSeconds,
  ntpFraction,
}: Pick<SenderReport, 'ntpSeconds' | 'ntpFraction'>): number {
  return ((ntpSeconds & 0xffff) * 0x1_0000 + (ntpFraction >>> 16)) >>> 0;
}

/** One reception report block (RFC 3550, section 6.4.1). */
export interface ReportBlock {
  readonly ssrc: number;
  /** In units of 1/256. */
  readonly fractionLost: number;
  readonly packetsLost: number;
  readonly highestSequenceNumber: number;
  /** In timestamp ticks. */
  readonly jitter: number;
  /** Middle 32 bits of the NTP time of the last SR; 0 before the first. */
  readonly lastSenderReport: number;
  /** In units of 1/65536 seconds. */
  readonly delaySinceLastSenderReport: number;
}

/** Packet types (RFC 3550 section 12.1, RFC 4585 section 6.1). */
export const rtcpType = {
  senderReport: 200,
  receiverReport: 201,
  sourceDescription: 202,
  transportFeedback: 205,
  payloadFeedback: 206,
} as const;

/** Formats of transport feedback: generic NACK (RFC 4585), transport-wide congestion control (draft-holmer-rmcat-01). */
export const transportFeedbackFormat = { nack: 1, transportWide: 15 } as const;

/** Formats of payload feedback: PLI (RFC 4585), FIR (RFC 5104), application layer, which carries REMB. */
export const payloadFeedbackFormat = { pictureLoss: 1, fullIntraRequest: 4, application: 15 } as const;
