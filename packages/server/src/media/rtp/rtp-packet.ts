/** A parsed view of one RTP packet (RFC 3550, section 5.1). Positions point into `buffer`; nothing is copied. */
export interface RtpPacket {
  readonly buffer: Buffer;
  readonly marker: boolean;
  readonly payloadType: number;
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly ssrc: number;
  /** First byte of the header extension's elements; equal to `extensionEnd` when there are none. */
  readonly extensionStart: number;
  readonly extensionEnd: number;
  /** Whether the elements have two-byte headers (RFC 8285, section 4.3). */
  readonly hasTwoByteExtensions: boolean;
  readonly payloadStart: number;
  /** One past the payload's last byte; padding is left out. */
  readonly payloadEnd: number;
}

const fixedHeaderBytes = 12;
const oneByteProfile = 0xbede;

/** Reads the header of an RTP packet; undefined when the bytes are no whole RTP packet. */
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

/** The content of the header extension element with this id, as a view into the packet; undefined when it is not there. */
export function findExtension(packet: RtpPacket, id: number): Buffer | undefined {
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
      if (position >= extensionEnd) return undefined;
      elementId = header;
      length = buffer.readUInt8(position);
      position += 1;
    } else if (elementId === 15) {
      return undefined;
    }
    if (position + length > extensionEnd) return undefined;
    if (elementId === id) return buffer.subarray(position, position + length);
    position += length;
  }
  return undefined;
}

/** Tells RTCP from RTP on one port: packet types 192 to 223 are RTCP (RFC 5761, section 4). */
export function isRtcp(buffer: Uint8Array): boolean {
  const packetType = buffer[1];
  return packetType !== undefined && packetType >= 192 && packetType <= 223;
}
