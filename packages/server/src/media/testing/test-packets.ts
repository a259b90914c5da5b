import { parseRtpPacket, type RtpPacket } from '../wire/rtp-packet.ts';

/** Fields of a test packet; absent ones are 0 or empty. */
export interface RtpFields {
  readonly payloadType?: number;
  readonly sequenceNumber?: number;
  readonly timestamp?: number;
  readonly ssrc?: number;
  readonly marker?: boolean;
  readonly payload?: Uint8Array;
  /** Header extension elements by id, at most 16 bytes each. */
  readonly extensions?: Readonly<Record<number, Uint8Array>>;
}

/** The bytes of an RTP packet with these fields. */
export function rtpBytes(fields: RtpFields): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt8(fields.extensions ? 0x90 : 0x80, 0);
  header.writeUInt8((fields.marker ? 0x80 : 0) | (fields.payloadType ?? 0), 1);
  header.writeUInt16BE((fields.sequenceNumber ?? 0) & 0xffff, 2);
  header.writeUInt32BE((fields.timestamp ?? 0) >>> 0, 4);
  header.writeUInt32BE(fields.ssrc ?? 0, 8);
  return Buffer.concat([header, extensionBytes(fields.extensions), fields.payload ?? Buffer.alloc(0)]);
}

/** The same, parsed. */
export function rtpPacket(fields: RtpFields): RtpPacket {
  const packet = parseRtpPacket(rtpBytes(fields));
  if (!packet) throw new Error('The made-up packet does not parse.');
  return packet;
}

/** A VP8 payload that starts a key frame or continues a frame, with `text` as its data. */
export function vp8Payload(startsKeyFrame: boolean, text: string): Buffer {
  return Buffer.concat([Buffer.from(startsKeyFrame ? [0x10, 0x00] : [0x00, 0x01]), Buffer.from(text)]);
}

/** The text that {@link vp8Payload} was given. */
export function vp8Text(packet: RtpPacket): string {
  return packet.buffer.toString('utf8', packet.payloadStart + 2, packet.payloadEnd);
}

function extensionBytes(extensions: RtpFields['extensions']): Buffer {
  if (!extensions) return Buffer.alloc(0);
  const elements = Buffer.concat(
    Object.entries(extensions).flatMap(([id, content]) => [
      Buffer.from([(Number(id) << 4) | (content.length - 1)]),
      Buffer.from(content),
    ]),
  );
  const padded = Buffer.concat([elements, Buffer.alloc((4 - (elements.length % 4)) % 4)]);
  const header = Buffer.alloc(4);
  header.writeUInt16BE(0xbede, 0);
  header.writeUInt16BE(padded.length / 4, 2);
  return Buffer.concat([header, padded]);
}
