import { isRtcp } from '../wire/rtp-packet.ts';

/** Which way a packet went, seen from the router. */
export type Direction = 'in' | 'out';

const blockType = { sectionHeader: 0x0a0d_0d0a, interfaceDescription: 1, enhancedPacket: 6 } as const;
const byteOrderMagic = 0x1a2b_3c4d;
/** LINKTYPE_RAW: each packet begins with its IP header. */
const linkTypeRaw = 101;
const optionCode = { end: 0, comment: 1, packetFlags: 2 } as const;
const packetFlags: Readonly<Record<Direction, number>> = { in: 1, out: 2 };

/**
 * Addresses for documentation (RFC 5737): a decrypted packet does not contain the real ones, which are private anyway.
 */
const addressOf: Readonly<Record<Direction, { readonly from: number; readonly to: number }>> = {
  in: { from: 0xc000_0202, to: 0xc000_0201 },
  out: { from: 0xc000_0201, to: 0xc000_0202 },
};
/** RTP and RTCP really share a port; separate ports let Wireshark decode each as what it is. */
const dumpPort = { rtp: 5004, rtcp: 5005 } as const;

const ipHeaderBytes = 20;
const udpHeaderBytes = 8;
const udpProtocol = 17;
const dontFragment = 0x4000;
const timeToLive = 64;

/** The start of a file: a section header, which holds `comment`, and one interface. */
export function pcapngHeader(comment: string): Buffer {
  const text = Buffer.from(comment, 'utf8').subarray(0, 0xffff);
  const section = block(blockType.sectionHeader, 16 + 4 + padded(text.length) + 4);
  section.writeUInt32LE(byteOrderMagic, 8);
  section.writeUInt16LE(1, 12);
  section.writeUInt16LE(0, 14);
  // The length of the section is not known in advance.
  section.writeBigInt64LE(-1n, 16);
  section.writeUInt16LE(optionCode.comment, 24);
  section.writeUInt16LE(text.length, 26);
  text.copy(section, 28);
  const description = block(blockType.interfaceDescription, 8);
  description.writeUInt16LE(linkTypeRaw, 8);
  return Buffer.concat([section, description]);
}

/** The block of one RTP or RTCP packet, after IPv4 and UDP headers; `timeUs` is in microseconds since 1970. */
export function pcapngPacket(packet: Uint8Array, direction: Direction, timeUs: number): Buffer {
  const capturedBytes = ipHeaderBytes + udpHeaderBytes + packet.length;
  const out = block(blockType.enhancedPacket, 20 + padded(capturedBytes) + 12);
  out.writeUInt32LE(Math.floor(timeUs / 2 ** 32), 12);
  out.writeUInt32LE(timeUs % 2 ** 32, 16);
  out.writeUInt32LE(capturedBytes, 20);
  out.writeUInt32LE(capturedBytes, 24);
  writeHeaders(out.subarray(28), packet, direction);
  out.set(packet, 28 + ipHeaderBytes + udpHeaderBytes);
  const options = 28 + padded(capturedBytes);
  out.writeUInt16LE(optionCode.packetFlags, options);
  out.writeUInt16LE(4, options + 2);
  out.writeUInt32LE(packetFlags[direction], options + 4);
  return out;
}

/** A zeroed block with its type and, at both ends, its length; the content begins at byte 8. */
function block(type: number, contentBytes: number): Buffer {
  const length = 12 + contentBytes;
  const out = Buffer.alloc(length);
  out.writeUInt32LE(type, 0);
  out.writeUInt32LE(length, 4);
  out.writeUInt32LE(length, length - 4);
  return out;
}

function writeHeaders(out: Buffer, packet: Uint8Array, direction: Direction): void {
  const { from, to } = addressOf[direction];
  out.writeUInt8(0x45, 0);
  out.writeUInt16BE(ipHeaderBytes + udpHeaderBytes + packet.length, 2);
  out.writeUInt16BE(dontFragment, 6);
  out.writeUInt8(timeToLive, 8);
  out.writeUInt8(udpProtocol, 9);
  out.writeUInt32BE(from, 12);
  out.writeUInt32BE(to, 16);
  out.writeUInt16BE(headerChecksum(out), 10);
  const port = isRtcp(packet) ? dumpPort.rtcp : dumpPort.rtp;
  out.writeUInt16BE(port, ipHeaderBytes);
  out.writeUInt16BE(port, ipHeaderBytes + 2);
  // The checksum stays 0, which means "none" in UDP over IPv4.
  out.writeUInt16BE(udpHeaderBytes + packet.length, ipHeaderBytes + 4);
}

/** The ones' complement sum of an IPv4 header whose checksum is still 0 (RFC 791). */
function headerChecksum(header: Buffer): number {
  let sum = 0;
  for (let position = 0; position < ipHeaderBytes; position += 2) sum += header.readUInt16BE(position);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}

function padded(bytes: number): number {
  return (bytes + 3) & ~3;
}
