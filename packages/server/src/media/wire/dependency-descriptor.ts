import { findExtension, type RtpPacket } from './rtp-packet.ts';

const endsFrameFlag = 0x40;
/** Flags and template come first, then the frame's number (AV1 RTP specification, appendix A.8). */
const numberPosition = 1;
const mandatoryBytes = 3;

/** The frame number in a packet's dependency descriptor; undefined if it has none. */
export function readFrameNumber(packet: RtpPacket, id: number | undefined): number | undefined {
  const content = id === undefined ? undefined : findExtension(packet, id);
  return content && content.length >= mandatoryBytes ? content.readUInt16BE(numberPosition) : undefined;
}

/** Whether a packet's dependency descriptor says that it is the last one of its frame, one layer of a picture. */
export function endsFrame(packet: RtpPacket, id: number | undefined): boolean {
  const flags = id === undefined ? undefined : findExtension(packet, id)?.[0];
  return flags !== undefined && (flags & endsFrameFlag) !== 0;
}

/** Adds `offset` to the number of a descriptor that starts here, modulo 2^16. */
export function moveFrameNumber(out: Buffer, position: number, offset: number): void {
  const number = out.readUInt16BE(position + numberPosition);
  out.writeUInt16BE((number + offset) & 0xffff, position + numberPosition);
}
