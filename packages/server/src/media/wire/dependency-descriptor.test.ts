import { expect, it } from 'vitest';
import { rtpPacket } from '../testing/test-packets.ts';
import { readFrameNumber } from './dependency-descriptor.ts';
import { writeForwardedPacket } from './forwarded-packet.ts';
import { stampPacket } from './packet-stamp.ts';
import { findExtension, parseRtpPacket } from './rtp-packet.ts';

const header = { payloadType: 45, sequenceNumber: 1, timestamp: 2, ssrc: 3 };
const publisherIds = { 'dependency-descriptor': 13 };
/** As at the start of a key frame: flags, frame number, then the structure of all layers. */
const long = Buffer.concat([Buffer.from([0x81, 0xff, 0xfe]), Buffer.alloc(49, 7)]);

/** The packet with this descriptor, as publishers write it. */
function packetWith(descriptor: Buffer) {
  const short = rtpPacket({ payload: Buffer.from('payload') });
  const elements = Buffer.concat([Buffer.from([13, descriptor.length]), descriptor]);
  const padded = Buffer.concat([elements, Buffer.alloc((4 - (elements.length % 4)) % 4)]);
  const start = Buffer.from(short.buffer.subarray(0, 12));
  start[0] = 0x90;
  const profile = Buffer.from([0x10, 0x00, 0x00, padded.length / 4]);
  const packet = parseRtpPacket(Buffer.concat([start, profile, padded, Buffer.from('payload')]));
  if (!packet) throw new Error('The made-up packet does not parse.');
  return packet;
}

it('forwards a long descriptor beside all other elements, with a continuous frame number', () => {
  const viewerIds = { mid: 1, 'transport-cc': 2, 'abs-send-time': 3, 'dependency-descriptor': 4 };
  const rewrite = { mid: Buffer.from('v'), publisherIds, viewerIds, frameOffset: 5 };
  const out = writeForwardedPacket(packetWith(long), header, rewrite);
  stampPacket(out, viewerIds, 0x1234, 1_500);
  const packet = parseRtpPacket(out);
  if (!packet) throw new Error('The written packet does not parse.');
  const contents = [1, 2, 3].map((id) => findExtension(packet, id)?.toString('hex'));
  expect(contents).toEqual(['76', '1234', '060000']);
  expect(readFrameNumber(packet, 4)).toBe(3);
  expect(findExtension(packet, 4)?.subarray(3)).toEqual(long.subarray(3));
  expect(packet.buffer.subarray(packet.payloadStart).toString()).toBe('payload');
  expect(packet.marker).toBe(false);
});

it.each([
  ['the last packet of a layer', 0x41, true],
  ['another packet', 0x81, false],
])('marks %s for a viewer without descriptors: %s', (_which, flags, isMarked) => {
  const rewrite = { mid: Buffer.from('v'), publisherIds, viewerIds: { mid: 1 } };
  const out = writeForwardedPacket(packetWith(Buffer.from([flags, 0, 1])), header, rewrite);
  const packet = parseRtpPacket(out);
  expect(packet?.marker).toBe(isMarked);
  expect(packet?.hasTwoByteExtensions).toBe(false);
});
