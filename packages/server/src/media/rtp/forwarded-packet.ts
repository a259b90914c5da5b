import type { ExtensionIds } from '../header-extensions.ts';
import { reserveStamp, stampBytes } from './packet-stamp.ts';
import { reusedBuffer } from './reused-buffer.ts';
import { originalSequenceNumberBytes } from './retransmission.ts';
import { findExtension } from './rtp-packet.ts';
import type { RtpPacket } from './rtp-packet.ts';

/** Header fields a viewer sees in place of the publisher's. */
export interface ForwardedHeader {
  readonly payloadType: number;
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly ssrc: number;
  /** In a retransmission: the number of the packet that is repeated (RFC 4588). */
  readonly originalSequenceNumber?: number | undefined;
}

/** How header extensions get from the publisher's packets to the viewer's. */
export interface ExtensionRewrite {
  /** The viewer's MID, in UTF-8. */
  readonly mid: Uint8Array;
  readonly publisherIds: ExtensionIds;
  readonly viewerIds: ExtensionIds;
}

const fixedHeaderBytes = 12;
/** Id and length share one byte (RFC 8285, section 4.2), so ids end at 14 and content at 16 bytes. */
const longestElementBytes = 16;

/**
 * Writes the packet as one viewer gets it: own header fields, own extension ids, no CSRCs, no padding. What is known only
 * when it leaves is left for `stampPacket`, so that the viewer measures its own link and not the publisher's. Valid until the
 * next is written: it has to be sent or copied at once.
 */
export function writeForwardedPacket(
  packet: RtpPacket,
  header: ForwardedHeader,
  rewrite: ExtensionRewrite,
): Buffer {
  const audioLevel = copiedExtension(packet, rewrite, 'audio-level');
  const orientation = copiedExtension(packet, rewrite, 'video-orientation');
  const midBytes = rewrite.viewerIds.mid === undefined ? 0 : rewrite.mid.length;
  const hasMid = midBytes > 0 && midBytes <= longestElementBytes;

  const elementBytes =
    stampBytes(rewrite.viewerIds) +
    (hasMid ? 1 + midBytes : 0) +
    (audioLevel ? 1 + audioLevel.length : 0) +
    (orientation ? 1 + orientation.length : 0);
  const extensionWords = (elementBytes + 3) >> 2;
  const extensionBytes = extensionWords === 0 ? 0 : 4 + 4 * extensionWords;
  const originalBytes = header.originalSequenceNumber === undefined ? 0 : originalSequenceNumberBytes;
  const payloadPosition = fixedHeaderBytes + extensionBytes;
  const payloadBytes = packet.payloadEnd - packet.payloadStart;
  const out = reusedBuffer(payloadPosition + originalBytes + payloadBytes);

  out[0] = extensionBytes > 0 ? 0x90 : 0x80;
  out[1] = (packet.marker ? 0x80 : 0) | header.payloadType;
  out.writeUInt16BE(header.sequenceNumber, 2);
  out.writeUInt32BE(header.timestamp, 4);
  out.writeUInt32BE(header.ssrc, 8);

  if (extensionBytes > 0) {
    out.writeUInt16BE(0xbede, fixedHeaderBytes);
    out.writeUInt16BE(extensionWords, fixedHeaderBytes + 2);
    let position = reserveStamp(out, rewrite.viewerIds);
    if (hasMid && rewrite.viewerIds.mid !== undefined) {
      out[position] = (rewrite.viewerIds.mid << 4) | (midBytes - 1);
      out.set(rewrite.mid, position + 1);
      position += 1 + midBytes;
    }
    position = writeElement(out, position, rewrite.viewerIds['audio-level'], audioLevel);
    position = writeElement(out, position, rewrite.viewerIds['video-orientation'], orientation);
    for (; position < payloadPosition; position += 1) out[position] = 0;
  }

  if (header.originalSequenceNumber !== undefined) {
    out.writeUInt16BE(header.originalSequenceNumber, payloadPosition);
  }
  packet.buffer.copy(out, payloadPosition + originalBytes, packet.payloadStart, packet.payloadEnd);
  return out;
}

/** A packet of nothing but padding (1 to 255 bytes): it takes a sequence number and has no picture in it. */
export function writePaddingPacket(
  header: ForwardedHeader,
  viewerIds: ExtensionIds,
  paddingBytes: number,
): Buffer {
  const extensionWords = (stampBytes(viewerIds) + 3) >> 2;
  const extensionBytes = extensionWords === 0 ? 0 : 4 + 4 * extensionWords;
  const out = Buffer.alloc(fixedHeaderBytes + extensionBytes + paddingBytes);
  out[0] = extensionBytes > 0 ? 0xb0 : 0xa0;
  out[1] = header.payloadType;
  out.writeUInt16BE(header.sequenceNumber, 2);
  out.writeUInt32BE(header.timestamp, 4);
  out.writeUInt32BE(header.ssrc, 8);
  if (extensionBytes > 0) {
    out.writeUInt16BE(0xbede, fixedHeaderBytes);
    out.writeUInt16BE(extensionWords, fixedHeaderBytes + 2);
    reserveStamp(out, viewerIds);
  }
  out[out.length - 1] = paddingBytes;
  return out;
}

function copiedExtension(
  packet: RtpPacket,
  rewrite: ExtensionRewrite,
  name: 'audio-level' | 'video-orientation',
): Buffer | undefined {
  const from = rewrite.publisherIds[name];
  if (from === undefined || rewrite.viewerIds[name] === undefined) return undefined;
  const content = findExtension(packet, from);
  return content && content.length > 0 && content.length <= longestElementBytes ? content : undefined;
}

function writeElement(
  out: Buffer,
  position: number,
  id: number | undefined,
  content: Buffer | undefined,
): number {
  if (id === undefined || !content) return position;
  out[position] = (id << 4) | (content.length - 1);
  content.copy(out, position + 1);
  return position + 1 + content.length;
}
