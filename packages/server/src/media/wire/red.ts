import type { AcceptedMedia } from '../accepted-media.ts';
import type { RtpPacket } from './rtp-packet.ts';

/** One block of a redundant payload: positions of its header byte and its data in the packet's buffer. */
interface RedBlock {
  readonly headerAt: number;
  readonly payloadType: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Converts a packet of redundant audio (RFC 2198) for a viewer: redundant under the viewer's payload types, or plain
 * if it does not support redundancy. `codecPayloadType` is the publisher's payload type of the codec inside. Undefined
 * for a packet that is malformed or contains another codec.
 */
export function adaptRed(
  packet: RtpPacket,
  codecPayloadType: number,
  viewer: Pick<AcceptedMedia, 'payloadType' | 'redPayloadType'>,
): RtpPacket | undefined {
  const blocks = readBlocks(packet);
  if (!blocks?.every(({ payloadType }) => payloadType === codecPayloadType)) return undefined;
  if (viewer.redPayloadType === undefined) return unwrapPrimary(packet, blocks);
  return viewer.payloadType === codecPayloadType ? packet : renameBlocks(packet, blocks, viewer.payloadType);
}

/** The packet with its newest block alone, without the copies of earlier ones. */
function unwrapPrimary(packet: RtpPacket, blocks: readonly RedBlock[]): RtpPacket | undefined {
  const primary = blocks.at(-1);
  return (
    primary && {
      ...packet,
      payloadType: primary.payloadType,
      payloadStart: primary.start,
      payloadEnd: primary.end,
    }
  );
}

/** Copies the packet, because all viewers share it. */
function renameBlocks(packet: RtpPacket, blocks: readonly RedBlock[], payloadType: number): RtpPacket {
  const buffer = Buffer.from(packet.buffer);
  for (const { headerAt } of blocks) buffer[headerAt] = ((buffer[headerAt] ?? 0) & 0x80) | payloadType;
  return { ...packet, buffer };
}

/**
 * Headers of four bytes for copies and of one byte for the newest block, then the data of all blocks in the same
 * order.
 */
function readBlocks({ buffer, payloadStart, payloadEnd }: RtpPacket): RedBlock[] | undefined {
  const headers: { readonly headerAt: number; readonly payloadType: number; readonly length: number }[] = [];
  let position = payloadStart;
  for (;;) {
    const first = buffer[position];
    if (first === undefined || position >= payloadEnd) return undefined;
    const payloadType = first & 0x7f;
    if ((first & 0x80) === 0) {
      headers.push({ headerAt: position, payloadType, length: 0 });
      position += 1;
      break;
    }
    if (position + 4 > payloadEnd) return undefined;
    headers.push({ headerAt: position, payloadType, length: buffer.readUInt16BE(position + 2) & 0x03ff });
    position += 4;
  }
  const blocks = headers.map(({ headerAt, payloadType, length }, index) => {
    const start = position;
    position = index === headers.length - 1 ? payloadEnd : start + length;
    return { headerAt, payloadType, start, end: position };
  });
  const primary = blocks.at(-1);
  return primary && primary.start <= payloadEnd ? blocks : undefined;
}
