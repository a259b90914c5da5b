import type { RtpPacket } from './rtp-packet.ts';

/** Bytes of the original sequence number, at the start of an RTX payload (RFC 4588, section 4). */
export const originalSequenceNumberBytes = 2;

/**
 * The packet that an RTX packet repeats, with its original sequence number, SSRC and payload type; shares its bytes.
 * Undefined for padding, which is an empty RTX packet.
 */
export function unwrapRetransmission(
  rtx: RtpPacket,
  original: { readonly ssrc: number; readonly payloadType: number },
): RtpPacket | undefined {
  const payloadStart = rtx.payloadStart + originalSequenceNumberBytes;
  if (payloadStart > rtx.payloadEnd) return undefined;
  return {
    ...rtx,
    ssrc: original.ssrc,
    payloadType: original.payloadType,
    sequenceNumber: rtx.buffer.readUInt16BE(rtx.payloadStart),
    payloadStart,
  };
}
