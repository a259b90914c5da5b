import type { ExtensionIds } from '../header-extensions.ts';
import { endsFrame, moveFrameNumber } from './dependency-descriptor.ts';
import {
  reserveStamp,
  stampBytes,
  writeElementHeader,
  writeExtensionHeader,
  type ElementHeaderBytes,
} from './packet-stamp.ts';
import { originalSequenceNumberBytes } from './retransmission.ts';
import { reusedBuffer } from './reused-buffer.ts';
import { findExtension, type RtpPacket } from './rtp-packet.ts';

/** Header fields that a viewer sees instead of the publisher's. */
export interface ForwardedHeader {
  readonly payloadType: number;
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly ssrc: number;
  /** In a retransmission: the number of the repeated packet (RFC 4588). */
  readonly originalSequenceNumber?: number | undefined;
}

/** How to map header extensions from the publisher's packets to the viewer's. */
export interface ExtensionRewrite {
  /** The viewer's MID, in UTF-8. */
  readonly mid: Uint8Array;
  readonly publisherIds: ExtensionIds;
  readonly viewerIds: ExtensionIds;
  /** Added to the frame numbers of dependency descriptors. Default: 0. */
  readonly frameOffset?: number;
}

const fixedHeaderBytes = 12;
/** Content that an element with a header of one byte can have, in bytes (RFC 8285, section 4.2). */
const longestShortElement = 16;
const longestElement = 255;

/**
 * Writes the packet as one viewer receives it: its own header fields and extension ids, no CSRCs, no padding. Leaves
 * room for `stampPacket` to write what is known only when the packet leaves, so that the viewer measures its own link
 * and not the publisher's. Valid until the next packet is written: send or copy it immediately.
 */
export function writeForwardedPacket(
  packet: RtpPacket,
  header: ForwardedHeader,
  rewrite: ExtensionRewrite,
): Buffer {
  const audioLevel = copiedExtension(packet, rewrite, 'audio-level');
  const orientation = copiedExtension(packet, rewrite, 'video-orientation');
  const descriptor = copiedExtension(packet, rewrite, 'dependency-descriptor');
  const midBytes = rewrite.viewerIds.mid === undefined ? 0 : rewrite.mid.length;
  const hasMid = midBytes > 0 && midBytes <= longestShortElement;
  const perElement: ElementHeaderBytes = descriptor && descriptor.length > longestShortElement ? 2 : 1;

  const elementBytes =
    stampBytes(rewrite.viewerIds, perElement) +
    (hasMid ? perElement + midBytes : 0) +
    (audioLevel ? perElement + audioLevel.length : 0) +
    (orientation ? perElement + orientation.length : 0) +
    (descriptor ? perElement + descriptor.length : 0);
  const extensionWords = (elementBytes + 3) >> 2;
  const extensionBytes = extensionWords === 0 ? 0 : 4 + 4 * extensionWords;
  const originalBytes = header.originalSequenceNumber === undefined ? 0 : originalSequenceNumberBytes;
  const payloadPosition = fixedHeaderBytes + extensionBytes;
  const payloadBytes = packet.payloadEnd - packet.payloadStart;
  const out = reusedBuffer(payloadPosition + originalBytes + payloadBytes);

  out[0] = extensionBytes > 0 ? 0x90 : 0x80;
  out[1] = (packet.marker || endsHiddenFrame(packet, rewrite) ? 0x80 : 0) | header.payloadType;
  out.writeUInt16BE(header.sequenceNumber, 2);
  out.writeUInt32BE(header.timestamp, 4);
  out.writeUInt32BE(header.ssrc, 8);

  if (extensionBytes > 0) {
    writeExtensionHeader(out, perElement, extensionWords);
    const { viewerIds } = rewrite;
    let position = reserveStamp(out, viewerIds, perElement);
    if (hasMid) position = writeElement(out, position, perElement, viewerIds.mid, rewrite.mid);
    position = writeElement(out, position, perElement, viewerIds['audio-level'], audioLevel);
    position = writeElement(out, position, perElement, viewerIds['video-orientation'], orientation);
    position = writeElement(out, position, perElement, viewerIds['dependency-descriptor'], descriptor);
    if (descriptor) moveFrameNumber(out, position - descriptor.length, rewrite.frameOffset ?? 0);
    for (; position < payloadPosition; position += 1) out[position] = 0;
  }

  if (header.originalSequenceNumber !== undefined) {
    out.writeUInt16BE(header.originalSequenceNumber, payloadPosition);
  }
  packet.buffer.copy(out, payloadPosition + originalBytes, packet.payloadStart, packet.payloadEnd);
  return out;
}

/** A packet of padding only (1 to 255 bytes): it uses a sequence number and carries no media. */
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
    writeExtensionHeader(out, 1, extensionWords);
    reserveStamp(out, viewerIds);
  }
  out[out.length - 1] = paddingBytes;
  return out;
}

/**
 * Whether the packet ends a frame of which the viewer would not know. The marker ends all spatial layers of a picture;
 * without the descriptor, Chromium takes each layer for a frame and waits for the marker of the lower ones.
 */
function endsHiddenFrame(packet: RtpPacket, { publisherIds, viewerIds }: ExtensionRewrite): boolean {
  if (viewerIds['dependency-descriptor'] !== undefined) return false;
  return endsFrame(packet, publisherIds['dependency-descriptor']);
}

/** Sizes of content that viewers receive, in bytes. */
const sizes = {
  'audio-level': [1, longestShortElement],
  'video-orientation': [1, longestShortElement],
  'dependency-descriptor': [3, longestElement],
} as const;

function copiedExtension(
  packet: RtpPacket,
  rewrite: ExtensionRewrite,
  name: 'audio-level' | 'video-orientation' | 'dependency-descriptor',
): Buffer | undefined {
  const from = rewrite.publisherIds[name];
  if (from === undefined || rewrite.viewerIds[name] === undefined) return undefined;
  const content = findExtension(packet, from);
  if (!content) return undefined;
  const [shortest, longest] = sizes[name];
  return content.length >= shortest && content.length <= longest ? content : undefined;
}

function writeElement(
  out: Buffer,
  position: number,
  headerBytes: ElementHeaderBytes,
  id: number | undefined,
  content: Uint8Array | undefined,
): number {
  if (id === undefined || !content) return position;
  const start = writeElementHeader(out, position, headerBytes, { id, contentBytes: content.length });
  out.set(content, start);
  return start + content.length;
}
