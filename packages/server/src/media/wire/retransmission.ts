import type { RtpPacket } from './rtp-packet.ts';

/** Bytes of the original sequence number, at the start of an RTX payload (RFC 4588, section 4). */
export const originalSequenceNumberBytes = 2;

const ssrcPosition = 8;
const paddingFlag = 0x20;
const markerFlag = 0x80;

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

/** The packet's own bytes, also of one that {@link unwrapRetransmission} returned: then a copy, without its padding. */
export function bytesOf(packet: RtpPacket): Buffer {
  const { buffer, payloadStart, payloadEnd } = packet;
  if (buffer.readUInt32BE(ssrcPosition) === packet.ssrc) return buffer;
  const headerEnd = payloadStart - originalSequenceNumberBytes;
  const bytes = Buffer.concat([buffer.subarray(0, headerEnd), buffer.subarray(payloadStart, payloadEnd)]);
  bytes.writeUInt8(bytes.readUInt8(0) & ~paddingFlag, 0);
  bytes.writeUInt8((packet.marker ? markerFlag : 0) | packet.payloadType, 1);
  bytes.writeUInt16BE(packet.sequenceNumber, 2);
  bytes.writeUInt32BE(packet.ssrc, ssrcPosition);
  return bytes;
}
