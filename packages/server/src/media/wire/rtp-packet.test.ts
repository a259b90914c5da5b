import { describe, expect, it } from 'vitest';
import recordings from '../testing/recordings.json' with { type: 'json' };
import { rtpPacket } from '../testing/test-packets.ts';
import { findExtension, isRtcp, parseRtpPacket, readExtensionNumber } from './rtp-packet.ts';

function bytes(hex: string | undefined): Buffer {
  return Buffer.from(hex ?? '', 'hex');
}

describe('packets of browsers', () => {
  it('reads the first video packet of Chromium', () => {
    const packet = parseRtpPacket(bytes(recordings.chromium.packets.video[0]));
    expect(packet).toMatchObject({
      payloadType: 96,
      marker: false,
      sequenceNumber: 0x309d,
      timestamp: 0x7dc4a6ac,
      ssrc: 0xac7f65d0,
      payloadEnd: 1_114,
    });
    const mid = packet && findExtension(packet, 4);
    expect(mid?.toString()).toBe('1');
  });

  it('reads the first audio packet of Firefox', () => {
    const packet = parseRtpPacket(bytes(recordings.firefox.packets.audio[0]));
    expect(packet).toMatchObject({ payloadType: 109, marker: true, sequenceNumber: 0x5e49 });
    expect(packet && findExtension(packet, 3)?.toString()).toBe('0');
    expect(packet && findExtension(packet, 7)?.length).toBe(2);
  });

  it.each(['chromium', 'firefox'] as const)('finds no payload in the padding probes of %s', (browser) => {
    const packet = parseRtpPacket(bytes(recordings[browser].packets.retransmission[0]));
    expect(packet?.payloadEnd).toBe(packet?.payloadStart);
  });

  it.each(['chromium', 'firefox'] as const)('distinguishes RTCP from RTP of %s', (browser) => {
    const { video, audio, senderReport, viewerFeedback } = recordings[browser].packets;
    expect([...senderReport, ...viewerFeedback].map((hex) => isRtcp(bytes(hex)))).toEqual([true, true]);
    expect([...video, ...audio].some((hex) => isRtcp(bytes(hex)))).toBe(false);
  });
});

describe('findExtension', () => {
  it('finds elements with one-byte and two-byte headers', () => {
    const oneByte = rtpPacket({ extensions: { 3: Buffer.from('ab'), 5: Buffer.from('c') } });
    expect(findExtension(oneByte, 5)?.toString()).toBe('c');
    expect(findExtension(oneByte, 4)).toBeUndefined();

    const twoByte = parseRtpPacket(
      Buffer.concat([Buffer.from([0x90]), Buffer.alloc(11), Buffer.from('100000020302414205014300', 'hex')]),
    );
    expect(twoByte && findExtension(twoByte, 3)?.toString()).toBe('AB');
    expect(twoByte && findExtension(twoByte, 5)?.toString()).toBe('C');
    expect(twoByte && readExtensionNumber(twoByte, 3, 2)).toBe(0x4142);
  });
});

describe('readExtensionNumber', () => {
  it('reads a number of the expected size', () => {
    const packet = rtpPacket({ extensions: { 3: Buffer.from([1, 2]), 5: Buffer.from([1, 2, 3]) } });
    expect(readExtensionNumber(packet, 3, 2)).toBe(0x0102);
    expect(readExtensionNumber(packet, 5, 3)).toBe(0x010203);
    expect(readExtensionNumber(packet, 5, 2)).toBeUndefined();
    expect(readExtensionNumber(packet, 4, 2)).toBeUndefined();
  });
});

it.each([
  ['an empty packet', ''],
  ['a short header', '80600001'],
  ['another version', '40600001000000000000000000'],
  ['CSRCs that are not there', '8f6000010000000000000001'],
  ['an extension that is cut off', '906000010000000000000001bede0004'],
  ['more padding than there is', 'a06000010000000000000001ff'],
])('refuses %s', (_what, hex) => {
  expect(parseRtpPacket(bytes(hex))).toBeUndefined();
});
