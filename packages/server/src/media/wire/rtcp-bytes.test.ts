import { describe, expect, it } from 'vitest';
import {
  buildBandwidthEstimate,
  buildNack,
  buildPictureLoss,
  buildReceiverReport,
  buildSenderReport,
} from './build-rtcp.ts';
import { parseRtcp } from './parse-rtcp.ts';

const report = {
  ssrc: 0x0a0b0c0d,
  fractionLost: 0x11,
  packetsLost: -2,
  highestSequenceNumber: 0x22334455,
  jitter: 0x66,
  lastSenderReport: 0x77889900,
  delaySinceLastSenderReport: 0xaabb,
};

/** Bytes in hex, in groups as the RFCs show them. */
const bytes = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

describe('the bytes of', () => {
  it('a sender report are those of RFC 3550, section 6.4.1, and a CNAME with its end', () => {
    const sender = { ntpSeconds: 1, ntpFraction: 2, rtpTimestamp: 3, packetCount: 4, octetCount: 5 };
    expect(buildSenderReport({ ssrc: 0x0a0b0c0d, ...sender }, 'ab')).toEqual(
      bytes(`80c80006 0a0b0c0d 00000001 00000002 00000003 00000004 00000005
             81ca0003 0a0b0c0d 01026162 00000000`),
    );
  });

  it('a receiver report are those of RFC 3550, section 6.4.2', () => {
    const block = '0a0b0c0d 11fffffe 22334455 00000066 77889900 0000aabb';
    expect(buildReceiverReport(7, [report])).toEqual(bytes(`81c90007 00000007 ${block}`));
    expect(buildReceiverReport(7, [report, report])).toEqual(bytes(`82c9000d 00000007 ${block} ${block}`));
  });

  it('a picture loss indication are those of RFC 4585, section 6.3.1', () => {
    expect(buildPictureLoss(7, 8)).toEqual(bytes('81ce0002 00000007 00000008'));
  });

  it('an estimate are those of the REMB draft', () => {
    expect(buildBandwidthEstimate(7, 0x3_ffff, [8, 9])).toEqual(
      bytes('8fce0006 00000007 00000000 52454d42 0203ffff 00000008 00000009'),
    );
    expect(buildBandwidthEstimate(7, 0x4_0002, [])).toEqual(
      bytes('8fce0004 00000007 00000000 52454d42 00060001'),
    );
  });

  it('an estimate of less than nothing are those of nothing', () => {
    expect(buildBandwidthEstimate(7, -5, [])).toEqual(buildBandwidthEstimate(7, 0, []));
  });
});

it.each([
  ['sixteen numbers after the first', [10, 11, 26], '000a 8001'],
  ['a number further away', [10, 27], '000a 0000 001b 0000'],
  ['a repeated number', [10, 10, 11], '000a 0001'],
  ['numbers across the wrap', [65_535, 0, 15], 'ffff 8001'],
])('packs %s into a NACK (RFC 4585, section 6.2.1)', (_what, numbers, entries) => {
  const packet = buildNack(7, 8, numbers);
  expect(packet.subarray(12)).toEqual(bytes(entries));
  expect(packet.subarray(0, 12)).toEqual(bytes(`81cd000${packet.length / 4 - 1} 00000007 00000008`));
});

describe('a parser of RTCP', () => {
  const block = '0a0b0c0d 11fffffe 22334455 00000066 77889900 0000aabb';

  it('reads the blocks of a sender report too, as many as its count says', () => {
    const sender = '00000007 00000001 00000002 00000003 00000004 00000005';
    const [first, second] = parseRtcp(bytes(`81c80012 ${sender} ${block} ${block}`));
    expect(first).toMatchObject({ type: 'sender-report', ssrc: 7, octetCount: 5 });
    expect(second).toEqual({ type: 'receiver-report', reports: [report] });
  });

  it('reads as many blocks as there are when the count says more', () => {
    expect(parseRtcp(bytes(`9fc90007 00000007 ${block}`))).toEqual([
      { type: 'receiver-report', reports: [report] },
    ]);
    expect(parseRtcp(bytes('81c90001 00000007'))).toEqual([]);
  });

  it.each([
    ['a short sender report', '80c80005 00000007 00000001 00000002 00000003 00000004'],
    ['a NACK without entries', '81cd0002 00000007 00000008'],
    ['a short picture loss indication', '81ce0001 00000007'],
    ['a short estimate', '8fce0003 00000007 00000000 52454d42'],
    ['another application message', '8fce0004 00000007 00000000 52454d43 00060001'],
    ['an unknown payload feedback', '82ce0002 00000007 00000008'],
    ['an unknown transport feedback', '82cd0003 00000007 00000008 000a0000'],
    ['a FIR without entries', '84ce0003 00000007 00000000 00000002'],
    ['a goodbye', '81cb0001 00000007'],
    ['another version', '41ce0002 00000007 00000008'],
    ['less than a header', '81ce00'],
    ['a length beyond the packet', '81ce0003 00000007 00000008'],
  ])('skips %s', (_what, text) => {
    expect(parseRtcp(bytes(text))).toEqual([]);
  });

  it('reads all messages of a compound packet, also after unknown ones', () => {
    const loss = '81ce0002 00000007 00000008';
    expect(parseRtcp(bytes(`${loss} 81cb0001 00000007 ${loss}`))).toHaveLength(2);
    expect(parseRtcp(bytes(`${loss} 00ce0002 00000007 00000008 ${loss}`))).toHaveLength(1);
  });

  it.each([
    ['0203ffff', 0x3_ffff],
    ['0007ffff', 0x3_ffff * 2],
    ['00fc0001', 2 ** 63],
    ['00000000', 0],
  ])('reads the estimate %s as %d bit/s', (numbers, bitrateBps) => {
    expect(parseRtcp(bytes(`8fce0004 00000007 00000000 52454d42 ${numbers}`))).toEqual([
      { type: 'bandwidth-estimate', bitrateBps },
    ]);
  });

  it('reads several entries of a NACK, across the wrap', () => {
    expect(parseRtcp(bytes('81cd0004 00000007 00000008 ffff8001 000a0000'))).toEqual([
      { type: 'nack', mediaSsrc: 8, sequenceNumbers: [65_535, 0, 15, 10] },
    ]);
  });
});
