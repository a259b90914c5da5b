import { describe, expect, it } from 'vitest';
import { rtpPacket } from '../testing/test-packets.ts';
import { writeForwardedPacket, writePaddingPacket } from './forwarded-packet.ts';
import { findExtension, isRtcp, parseRtpPacket, readExtensionNumber } from './rtp-packet.ts';
import { extendSequenceNumber, wireSequenceNumber } from './sequence-number.ts';

const header = { payloadType: 96, sequenceNumber: 0x1234, timestamp: 0x8000_0001, ssrc: 0xfedc_ba98 };
const start = '1234 80000001 fedcba98';
const hex = (buffer: Uint8Array) => Buffer.from(buffer).toString('hex');
const bytes = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
const plain = { mid: Buffer.from('v'), publisherIds: {}, viewerIds: {} };

describe('a forwarded packet', () => {
  it('has the fields of its viewer, and neither CSRCs nor extensions without need', () => {
    const packet = rtpPacket({
      marker: true,
      payload: Buffer.from('ab'),
      extensions: { 3: Buffer.from('x') },
    });
    expect(writeForwardedPacket(packet, header, plain)).toEqual(bytes(`80e0 ${start} 6162`));
  });

  it('has the original number before its payload when it is repeated', () => {
    const packet = rtpPacket({ payload: Buffer.from('ab') });
    const repeated = { ...header, originalSequenceNumber: 0x0102 };
    expect(writeForwardedPacket(packet, repeated, plain)).toEqual(bytes(`8060 ${start} 0102 6162`));
  });

  it('has the elements that both sides know, under the ids of its viewer, filled up with zeros', () => {
    const packet = rtpPacket({
      payload: Buffer.from('ab'),
      extensions: { 3: Buffer.from([0x5a]), 13: Buffer.from([0x02]) },
    });
    const rewrite = {
      mid: Buffer.from('vi'),
      publisherIds: { 'audio-level': 3, 'video-orientation': 13 },
      viewerIds: { mid: 1, 'audio-level': 2, 'video-orientation': 4 },
    };
    expect(hex(writeForwardedPacket(packet, header, rewrite))).toBe(
      hex(bytes(`9060 ${start} bede 0002 117669 205a 4002 00 6162`)),
    );
    const other = { ...rewrite, viewerIds: { 'video-orientation': 4 } };
    expect(hex(writeForwardedPacket(packet, header, other))).toBe(
      hex(bytes(`9060 ${start} bede 0001 4002 0000 6162`)),
    );
    const unknown = { ...rewrite, publisherIds: {}, viewerIds: { 'video-orientation': 4 } };
    expect(hex(writeForwardedPacket(packet, header, unknown))).toBe(hex(bytes(`8060 ${start} 6162`)));
  });

  it.each([
    [16, true],
    [17, false],
  ])('names its section if the name has %i bytes: %s', (length, isNamed) => {
    const packet = rtpPacket({ payload: Buffer.from('ab') });
    const rewrite = { mid: Buffer.alloc(length, 'm'), publisherIds: {}, viewerIds: { mid: 1 } };
    const out = parseRtpPacket(writeForwardedPacket(packet, header, rewrite));
    expect(out && findExtension(out, 1)?.length).toBe(isNamed ? 16 : undefined);
  });

  it('has no element for a section without a name', () => {
    const packet = rtpPacket({ payload: Buffer.from('ab') });
    const rewrite = { mid: Buffer.alloc(0), publisherIds: {}, viewerIds: { mid: 1 } };
    expect(writeForwardedPacket(packet, header, rewrite)).toEqual(bytes(`8060 ${start} 6162`));
  });
});

it('writes padding that ends with its length', () => {
  expect(writePaddingPacket(header, {}, 3)).toEqual(bytes(`a060 ${start} 000003`));
  expect(writePaddingPacket(header, { 'transport-cc': 5 }, 1)).toEqual(
    bytes(`b060 ${start} bede 0001 51000000 01`),
  );
});

describe('a parsed packet', () => {
  it('ends before its padding, and begins after CSRCs and extension', () => {
    const packet = parseRtpPacket(bytes(`b2e0 ${start} 00000001 00000002 bede0001 10aa0000 6162 000002`));
    expect(packet).toMatchObject({
      marker: true,
      payloadType: 96,
      sequenceNumber: 0x1234,
      timestamp: 0x8000_0001,
      ssrc: 0xfedc_ba98,
      extensionStart: 24,
      extensionEnd: 28,
      hasTwoByteExtensions: false,
      payloadStart: 28,
      payloadEnd: 31,
    });
  });

  it('has no elements under another profile', () => {
    const packet = parseRtpPacket(bytes(`9060 ${start} abcd0001 10aa0000 61`));
    expect([packet?.extensionStart, packet?.extensionEnd, packet?.payloadStart]).toEqual([16, 16, 20]);
  });

  it('may be a header alone, and all padding', () => {
    expect(parseRtpPacket(bytes(`8060 ${start}`))).toMatchObject({ payloadStart: 12, payloadEnd: 12 });
    expect(parseRtpPacket(bytes(`a060 ${start} 0002`))).toMatchObject({ payloadStart: 12, payloadEnd: 12 });
    expect(parseRtpPacket(bytes(`a060 ${start} 0000`))).toBeUndefined();
    expect(parseRtpPacket(bytes(`a060 ${start} 0003`))).toBeUndefined();
    expect(parseRtpPacket(bytes(`9060 ${start} bede00`))).toBeUndefined();
    expect(parseRtpPacket(bytes(`9060 ${start} bede0000`))).toMatchObject({ payloadStart: 16 });
  });
});

/** A packet with these elements in its header extension. */
const inside = (profile: string, elements: string) => {
  const content = bytes(elements);
  const words = (content.length / 4).toString(16).padStart(4, '0');
  const packet = parseRtpPacket(bytes(`9060 ${start} ${profile} ${words} ${elements}`));
  if (!packet) throw new Error('The made-up packet does not parse.');
  return packet;
};

describe('an extension element', () => {
  it('is found behind others and behind filling zeros', () => {
    const packet = inside('bede', '10aa 00 00 21bbcc 30dd 000000');
    expect([1, 2, 3, 4].map((id) => findExtension(packet, id)?.toString('hex'))).toEqual([
      'aa',
      'bbcc',
      'dd',
      undefined,
    ]);
    expect([readExtensionNumber(packet, 2, 2), readExtensionNumber(packet, 2, 3)]).toEqual([
      0xbbcc,
      undefined,
    ]);
  });

  it('is not found behind the id 15, or if it is cut off', () => {
    expect(findExtension(inside('bede', 'f0aa 10bb'), 1)).toBeUndefined();
    expect(findExtension(inside('bede', '00 00 00 10'), 1)).toBeUndefined();
    expect(findExtension(inside('bede', '00 12 aabb'), 1)).toBeUndefined();
  });

  it('may be empty or long with headers of two bytes', () => {
    const packet = inside('1000', '0100 0202aabb 0f01cc 00 0001');
    expect([1, 2, 15].map((id) => findExtension(packet, id)?.toString('hex'))).toEqual(['', 'aabb', 'cc']);
    expect(findExtension(inside('100f', '0101aa00'), 1)?.toString('hex')).toBe('aa');
    expect(findExtension(inside('1000', '00000001'), 1)).toBeUndefined();
    expect(findExtension(inside('1000', '000103aa'), 1)).toBeUndefined();
  });
});

it('takes packet types from 192 to 223 for RTCP', () => {
  const packets = [191, 192, 223, 224].map((type) => Buffer.from([0x80, type]));
  expect(packets.map(isRtcp)).toEqual([false, true, true, false]);
  expect(isRtcp(Buffer.from([0x80]))).toBe(false);
});

it('extends sequence numbers to the one nearest to a reference', () => {
  expect(extendSequenceNumber(0, 65_535)).toBe(65_536);
  expect(extendSequenceNumber(65_535, 65_536)).toBe(65_535);
  expect(extendSequenceNumber(0x7fff, 0)).toBe(0x7fff);
  expect(extendSequenceNumber(0x8000, 0)).toBe(-0x8000);
  expect([wireSequenceNumber(65_537), wireSequenceNumber(-1)]).toEqual([1, 65_535]);
});
