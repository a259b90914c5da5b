import { describe, expect, it } from 'vitest';
import recordings from '../testing/recordings.json' with { type: 'json' };
import {
  buildBandwidthEstimate,
  buildNack,
  buildPictureLoss,
  buildReceiverReport,
  buildSenderReport,
} from './build-rtcp.ts';
import { parseRtcp } from './parse-rtcp.ts';

describe('RTCP of browsers', () => {
  it('reads the sender report of Chromium', () => {
    const hex = recordings.chromium.packets.senderReport[0] ?? '';
    expect(parseRtcp(Buffer.from(hex, 'hex'))).toEqual([
      {
        type: 'sender-report',
        ssrc: 0xac7f65d0,
        ntpSeconds: 0xeeaf78b2,
        ntpFraction: 0xb7f1c758,
        rtpTimestamp: 0x7dc55458,
        packetCount: 0x24,
        octetCount: 0x65c1,
      },
    ]);
  });

  it('reads the bandwidth estimate and the report of a Firefox viewer', () => {
    const hex = recordings.firefox.packets.viewerFeedback[0] ?? '';
    const messages = parseRtcp(Buffer.from(hex, 'hex'));
    expect(messages.map(({ type }) => type)).toEqual(['receiver-report', 'bandwidth-estimate']);
    expect(messages[1]).toMatchObject({ bitrateBps: expect.any(Number) });
  });
});

describe('written packets parse to the same values', () => {
  it('for NACKs, in as few entries as possible', () => {
    const numbers = [65_534, 65_535, 0, 14, 15, 40];
    const packet = buildNack(1, 2, numbers);
    expect(packet.length).toBe(12 + 3 * 4);
    expect(parseRtcp(packet)).toEqual([{ type: 'nack', mediaSsrc: 2, sequenceNumbers: numbers }]);
  });

  it('for picture loss', () => {
    expect(parseRtcp(buildPictureLoss(1, 2))).toEqual([{ type: 'key-frame-request', mediaSsrc: 2 }]);
  });

  it.each([0, 30_000, 262_143, 262_144, 100_000_000])('for an estimate of %d bit/s', (bitrateBps) => {
    const [message] = parseRtcp(buildBandwidthEstimate(1, bitrateBps, [2, 3]));
    expect(message?.type).toBe('bandwidth-estimate');
    if (message?.type !== 'bandwidth-estimate') return;
    expect(message.bitrateBps).toBeLessThanOrEqual(bitrateBps);
    expect(message.bitrateBps).toBeGreaterThanOrEqual(bitrateBps * 0.99999);
  });

  it('for receiver reports, with losses below zero', () => {
    const report = {
      ssrc: 9,
      fractionLost: 12,
      packetsLost: -3,
      highestSequenceNumber: 70_000,
      jitter: 5,
      lastSenderReport: 0xffff_0001,
      delaySinceLastSenderReport: 65_536,
    };
    expect(parseRtcp(buildReceiverReport(1, [report, { ...report, ssrc: 10 }]))).toEqual([
      { type: 'receiver-report', reports: [report, { ...report, ssrc: 10 }] },
    ]);
  });

  it('for sender reports, whatever the length of the CNAME', () => {
    const report = {
      ssrc: 5,
      ntpSeconds: 1,
      ntpFraction: 2,
      rtpTimestamp: 3,
      packetCount: 4,
      octetCount: 5,
    };
    for (const cname of ['', 'a', 'ab', 'abc', 'abcd']) {
      const packet = buildSenderReport(report, cname);
      expect(packet.length % 4).toBe(0);
      expect(parseRtcp(packet)).toEqual([{ type: 'sender-report', ...report }]);
    }
  });
});

it('reads a FIR as a key-frame request for each stream it names', () => {
  const fir = Buffer.from('84ce0006000000010000000000000002010000000000000302000000', 'hex');
  expect(parseRtcp(fir)).toEqual([
    { type: 'key-frame-request', mediaSsrc: 2 },
    { type: 'key-frame-request', mediaSsrc: 3 },
  ]);
});

it('reads messages before a truncation and drops the rest', () => {
  const whole = buildPictureLoss(1, 2);
  expect(parseRtcp(Buffer.concat([whole, whole.subarray(0, 8)]))).toHaveLength(1);
});
