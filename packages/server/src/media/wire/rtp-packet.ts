/** A parsed view of one RTP packet (RFC 3550, section 5.1). Positions are offsets into `buffer`; nothing is copied. */
export interface RtpPacket {
  readonly buffer: Buffer;
  readonly marker: boolean;
  readonly payloadType: number;
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly ssrc: number;
  /** First byte of the header extension's elements; equal to `extensionEnd` if there are none. */
  readonly extensionStart: number;
  readonly extensionEnd: number;
  /** Whether the elements have two-byte headers (RFC 8285, section 4.3). */
  readonly hasTwoByteExtensions: boolean;
  readonly payloadStart: number;
  /** One past the payload's last byte; excludes padding. */
  readonly payloadEnd: number;
}

const fixedHeaderBytes = 12;
const oneByteProfile = 0xbede;

/** Parses the header of an RTP packet; undefined if the bytes are not a complete RTP packet. */
export function parseRtpPacket(buffer: Buffer): RtpPacket | undefined {
  if (buffer.length < fixedHeaderBytes) return undefined;
  const first = buffer.readUInt8(0);
  if (first >> 6 !== 2) return undefined;
  const second = buffer.readUInt8(1);

  let position = fixedHeaderBytes + 4 * (first & 0x0f);
  let extensionStart = position;
  let extensionEnd = position;
  let hasTwoByteExtensions = false;
  if (first & 0x10) {
    if (position + 4 > buffer.length) return undefined;
    const profile = buffer.readUInt16BE(position);
    extensionStart = position + 4;
    position = extensionStart + 4 * buffer.readUInt16BE(position + 2);
    hasTwoByteExtensions = (profile & 0xfff0) === 0x1000;
    extensionEnd = profile === oneByteProfile || hasTwoByteExtensions ? position : extensionStart;
  }

  let payloadEnd = buffer.length;
  if (first & 0x20) {
    const paddingBytes = buffer.readUInt8(buffer.length - 1);
    if (paddingBytes === 0) return undefined;
    payloadEnd -= paddingBytes;
  }
  if (payloadEnd < position) return undefined;

  return {
    buffer,
    marker: (second & 0x80) !== 0,
    payloadType: second & 0x7f,
    sequenceNumber: buffer.readUInt16BE(2),
    timestamp: buffer.readUInt32BE(4),
    ssrc: buffer.readUInt32BE(8),
    extensionStart,
    extensionEnd,
    hasTwoByteExtensions,
    payloadStart: position,
    payloadEnd,
  };
}

/** The content of the header extension element with this id, as a view into the packet; undefined if it is absent. */
export function findExtension(packet: RtpPacket, id: number): Buffer | undefined {
  const position = findElement(packet, id);
  return position < 0
    ? undefined
    : packet.buffer.subarray(position, position + elementBytes(packet, position));
}

/**
 * The number in the header extension element with this id and size; undefined if there is no such element. Allocates
 * nothing, because several are read from each packet.
 */
export function readExtensionNumber(packet: RtpPacket, id: number, byteCount: 2 | 3): number | undefined {
  const position = findElement(packet, id);
  if (position < 0 || elementBytes(packet, position) !== byteCount) return undefined;
  return byteCount === 2 ? packet.buffer.readUInt16BE(position) : packet.buffer.readUIntBE(position, 3);
}

/** Offset of the content of the element with this id; -1 if it is absent. */
function findElement(packet: RtpPacket, id: number): number {
  const { buffer, extensionEnd } = packet;
  let position = packet.extensionStart;
  while (position < extensionEnd) {
    const header = buffer.readUInt8(position);
    if (header === 0) {
      position += 1;
      continue;
    }
    let elementId = header >> 4;
    let length = (header & 0x0f) + 1;
    position += 1;
    if (packet.hasTwoByteExtensions) {
      if (position >= extensionEnd) return -1;
      elementId = header;
      length = buffer.readUInt8(position);
      position += 1;
    } else if (elementId === 15) {
      return -1;
    }
    if (position + length > extensionEnd) return -1;
    if (elementId === id) return position;
    position += length;
  }
  return -1;
}

/** Length of the content that starts here, from the byte before it. */
function elementBytes({ buffer, hasTwoByteExtensions }: RtpPacket, position: number): number {
  const before = buffer.readUInt8(position - 1);
  return hasTwoByteExtensions ? before : (before & 0x0f) + 1;
}

/** Distinguishes RTCP from RTP on one port: packet types 192 to 223 are RTCP (RFC 5761, section 4). */
export function isRtcp(buffer: Uint8Array): boolean {
  const packetType = buffer[1];
  return packetType !== undefined && packetType >= 192 && packetType <= 223;
}
