import { describe, expect, it } from 'vitest';
import type { AcceptedMedia } from '../accepted-media.ts';
import { codecs } from '../codecs/codecs.ts';
import { rtpPacket, vp8Payload } from '../testing/test-packets.ts';
import type { RtpPacket } from '../wire/rtp-packet.ts';
import { KeyFrameRequester } from './key-frame-requester.ts';
import { SourceStream } from './source-stream.ts';

const vp8 = codecs.find(({ name }) => name === 'VP8');

function packet(sequenceNumber: number, startsKeyFrame = false, timestamp = 0): RtpPacket {
  return rtpPacket({ sequenceNumber, timestamp, payload: vp8Payload(startsKeyFrame, '.') });
}

function setUp(media: Partial<AcceptedMedia> = {}, layer?: number) {
  if (!vp8) throw new Error('VP8 is missing from the table');
  const forwarded: number[] = [];
  const nacks: (readonly number[])[] = [];
  let keyFrameRequests = 0;
  const source = new SourceStream({
    ssrc: 1,
    media: {
      kind: 'video',
      mid: '0',
      codec: vp8,
      payloadType: 96,
      formatParameters: '',
      feedback: ['nack'],
      extensionIds: {},
      hasReducedSizeRtcp: true,
      ...media,
    },
    ...(layer !== undefined && { layer }),
    historySize: 64,
    sendNack: (numbers) => nacks.push(numbers),
    keyFrames: new KeyFrameRequester(() => {
      keyFrameRequests += 1;
      return true;
    }),
    onPacket: (_packet, number) => forwarded.push(number),
  });
  return { source, forwarded, nacks, keyFrameRequests: () => keyFrameRequests };
}

describe('SourceStream', () => {
  it('forwards each packet once, across the wrap of sequence numbers', () => {
    const { source, forwarded } = setUp();
    for (const number of [65_534, 65_535, 65_535, 0, 1, 0]) source.receive(packet(number), 0);
    expect(forwarded).toEqual([65_534, 65_535, 65_536, 65_537]);
  });

  it('requests missing packets at its next tick, again later, and no more once they arrive', () => {
    const { source, forwarded, nacks } = setUp();
    source.receive(packet(65_535), 0);
    source.receive(packet(2), 5);
    expect(nacks).toEqual([]);
    source.tick(20);
    expect(nacks).toEqual([[0, 1]]);
    source.receiveRetransmitted(packet(0), 30);
    source.tick(40);
    source.tick(130);
    expect(nacks).toEqual([[0, 1], [1]]);
    source.receiveRetransmitted(packet(1), 140);
    source.tick(300);
    expect(nacks).toHaveLength(2);
    expect(forwarded).toEqual([65_535, 65_538, 65_536, 65_537]);
  });

  it('drops retransmissions of known packets, which senders use as padding', () => {
    const { source, forwarded } = setUp();
    source.receive(packet(10, true), 0);
    source.receiveRetransmitted(packet(10, true), 1);
    expect(forwarded).toEqual([10]);
  });

  it('drops packets older than its history', () => {
    const { source, forwarded } = setUp();
    source.receive(packet(1_000), 0);
    source.receive(packet(900), 1);
    expect(forwarded).toEqual([1_000]);
  });

  it('requests a key frame when packets stay missing, until one arrives', () => {
    const { source, keyFrameRequests } = setUp();
    source.receive(packet(1), 0);
    source.receive(packet(3), 0);
    for (let nowMs = 20; nowMs <= 1_100; nowMs += 20) source.tick(nowMs);
    expect(keyFrameRequests()).toBe(1);
    source.tick(1_500);
    expect(keyFrameRequests()).toBe(2);
    source.receive(packet(4, true), 1_510);
    source.tick(3_000);
    expect(keyFrameRequests()).toBe(2);
  });

  it('uses the first packet of a key frame as its start, even if later ones look like one', () => {
    const { source } = setUp();
    for (const number of [5, 6, 7]) source.receive(packet(number, true, 3_000), 10);
    expect(source.keyFrameStartSince(0)).toBe(5);
    source.receive(packet(8, true, 6_000), 20);
    expect(source.keyFrameStartSince(0)).toBe(8);
  });

  it('treats a large jump as a restart only when a second packet confirms it', () => {
    const { source, forwarded } = setUp();
    source.receive(packet(1), 0);
    source.receive(packet(30_000), 0);
    source.receive(packet(2), 0);
    expect([source.epoch, forwarded]).toEqual([0, [1, 2]]);
    source.receive(packet(30_001), 0);
    source.receive(packet(30_002), 0);
    source.receive(packet(30_003), 0);
    expect([source.epoch, forwarded]).toEqual([1, [1, 2, 30_002, 30_003]]);
  });

  it('reports losses that were not repaired', () => {
    const { source } = setUp();
    for (const number of [0, 1, 3, 4, 6, 7, 8, 9]) source.receive(packet(number), number);
    source.receiveRetransmitted(packet(2), 20);
    expect(source.report(30)).toMatchObject({
      ssrc: 1,
      packetsLost: 1,
      fractionLost: Math.floor(256 / 10),
      highestSequenceNumber: 9,
    });
    expect(source.report(40)).toMatchObject({ packetsLost: 1, fractionLost: 0 });
  });

  it('drops a packet as old as its history is long, and accepts the next', () => {
    const { source, forwarded } = setUp();
    source.receive(packet(1_000), 0);
    source.receive(packet(936), 1);
    source.receive(packet(937), 1);
    expect(forwarded).toEqual([1_000, 937]);
  });

  it('treats a jump of up to 3,000 numbers as loss', () => {
    const { source, forwarded } = setUp();
    source.receive(packet(1), 0);
    source.receive(packet(3_001), 0);
    expect([source.highestNumber, source.epoch]).toEqual([3_001, 0]);
    source.receive(packet(6_002), 0);
    expect(forwarded).toEqual([1, 3_001]);
    source.receive(packet(6_003), 0);
    expect([source.highestNumber, source.epoch]).toEqual([6_003, 1]);
  });

  it('confirms a jump across the wrap of sequence numbers, and not after another packet', () => {
    const { source } = setUp();
    source.receive(packet(30_000), 0);
    source.receive(packet(65_535), 0);
    source.receive(packet(0), 0);
    expect(source.epoch).toBe(1);
    source.receive(packet(30_000), 0);
    source.receive(packet(1), 0);
    source.receive(packet(30_001), 0);
    expect(source.epoch).toBe(1);
  });

  it('forgets what belongs to the former numbers when its sender restarts', () => {
    const { source, nacks } = setUp();
    source.receive(packet(1, true, 3_000), 0);
    source.receive(packet(3), 0);
    source.receive(packet(30_000), 10);
    source.receive(packet(30_001), 10);
    expect([source.keyFrameNumber, source.history.has(1)]).toEqual([undefined, false]);
    source.tick(20);
    expect(nacks).toEqual([]);
  });

  it('accepts no retransmission before its first packet, and none from far away', () => {
    const { source, forwarded } = setUp();
    source.receiveRetransmitted(packet(5), 0);
    source.receive(packet(10_000), 0);
    source.receiveRetransmitted(packet(13_001), 0);
    expect(forwarded).toEqual([10_000]);
    source.receiveRetransmitted(packet(13_000), 0);
    expect(forwarded).toEqual([10_000, 13_000]);
  });

  it('knows when its last packet arrived, and since when its key frame is there', () => {
    const { source } = setUp();
    expect([source.lastPacketMs, source.keyFrameNumber, source.keyFrameStartSince(0)]).toEqual([
      Number.NEGATIVE_INFINITY,
      undefined,
      undefined,
    ]);
    source.receive(packet(5, true, 3_000), 100);
    source.receive(packet(6), 120);
    expect([source.lastPacketMs, source.keyFrameNumber]).toEqual([120, 5]);
    expect([source.keyFrameStartSince(100), source.keyFrameStartSince(101)]).toEqual([5, undefined]);
    source.receive(packet(3, true, 1_000), 130);
    expect(source.keyFrameNumber).toBe(5);
  });

  it('requests nothing for a publisher without NACK, and no key frames of audio', () => {
    for (const media of [{ kind: 'audio' }, { kind: 'video' }] as const) {
      const { source, nacks, keyFrameRequests } = setUp(media);
      source.receive(packet(1, true), 0);
      source.receive(packet(400), 0);
      source.tick(20);
      expect(nacks).toEqual([]);
      expect(keyFrameRequests()).toBe(media.kind === 'video' ? 1 : 0);
      expect(source.keyFrameNumber).toBe(media.kind === 'video' ? 1 : undefined);
    }
  });

  it('counts packets, payload bytes, key frames and the bitrate, and names its layer', () => {
    const { source } = setUp({ rids: ['q', 'h'] }, 1);
    expect(source.facts(0)).toEqual({
      kind: 'video',
      packets: 0,
      bytes: 0,
      keyFrames: 0,
      bitrateBps: 0,
      lossRatio: 0,
      jitterMs: 0,
      rid: 'h',
    });
    source.receive(packet(1, true, 90), 0);
    source.receive(packet(2, false, 180), 2);
    source.receiveRetransmitted(packet(2), 3);
    expect(source.facts(10)).toMatchObject({ packets: 2, bytes: 6, keyFrames: 1 });
    expect(source.facts(10).bitrateBps).toBeGreaterThan(0);
    expect(source.facts(10).jitterMs).toBeGreaterThan(0);
    expect(setUp().source.facts(0)).not.toHaveProperty('rid');
  });

  it('keeps the clock of its sender, and answers its report', () => {
    const { source } = setUp();
    const report = { ssrc: 1, ntpSeconds: 5, ntpFraction: 0, rtpTimestamp: 7, packetCount: 1, octetCount: 1 };
    source.receiveSenderReport(report, 1_000);
    expect(source.clock).toEqual({ report, arrivedMs: 1_000 });
    expect(source.report(2_000)).toMatchObject({
      lastSenderReport: 5 << 16,
      delaySinceLastSenderReport: 65_536,
    });
  });
});
