import { describe, expect, it } from 'vitest';
import type { AcceptedMedia } from '../accepted-media.ts';
import { codecs } from '../codecs/codecs.ts';
import { KeyFrameRequester } from '../incoming/key-frame-requester.ts';
import { SourceStream } from '../incoming/source-stream.ts';
import { rtpPacket, vp8Payload, vp8Text } from '../testing/test-packets.ts';
import { parseRtcp } from '../wire/parse-rtcp.ts';
import { unwrapRetransmission } from '../wire/retransmission.ts';
import { findExtension, isRtcp, parseRtpPacket, type RtpPacket } from '../wire/rtp-packet.ts';
import { ViewerLeg } from './viewer-leg.ts';

const orientation = Buffer.from([3]);

function videoMedia(fields: Partial<AcceptedMedia>): AcceptedMedia {
  const codec = codecs.find(({ name }) => name === 'VP8');
  if (!codec) throw new Error('VP8 is missing from the table');
  return {
    kind: 'video',
    mid: '0',
    codec,
    payloadType: 96,
    formatParameters: '',
    feedback: [],
    extensionIds: {},
    hasReducedSizeRtcp: true,
    ...fields,
  };
}

function packet(sequenceNumber: number, text: string, timestamp = 0, startsKeyFrame = false): RtpPacket {
  return rtpPacket({
    payloadType: 96,
    sequenceNumber,
    timestamp,
    ssrc: 1,
    payload: vp8Payload(startsKeyFrame, text),
    extensions: { 4: Buffer.from('0'), 13: orientation },
  });
}

function setUp(viewer: Partial<AcceptedMedia> = { rtxPayloadType: 124 }) {
  const sent: Buffer[] = [];
  const leg = new ViewerLeg({
    media: videoMedia({ mid: 'v', payloadType: 120, ...viewer }),
    ssrc: 500,
    rtxSsrc: 501,
    cname: 'cname',
    sendRtp: (packet) => sent.push(Buffer.from(packet)) > 0,
    sendRtcp: (packet) => sent.push(packet),
  });
  const createSource = (ssrc: number, keyFrameRequests: number[] = []) => {
    const source: SourceStream = new SourceStream({
      ssrc,
      media: videoMedia({ extensionIds: { 'video-orientation': 13, mid: 4 } }),
      historySize: 64,
      keyFrames: new KeyFrameRequester(() => keyFrameRequests.push(ssrc) > 0),
      onPacket: (packet, number) => leg.forward(source, packet, number, nowMs.value),
    });
    return source;
  };
  const nowMs = { value: 10_000 };
  const rtp = () => sent.filter((bytes) => !isRtcp(bytes)).flatMap((bytes) => parseRtpPacket(bytes) ?? []);
  return { leg, sent, rtp, createSource, nowMs };
}

function numbersFrom(first: number, packets: readonly RtpPacket[]): number[] {
  return packets.map(({ sequenceNumber }) => (sequenceNumber - first) & 0xffff);
}

describe('ViewerLeg', () => {
  it('waits for a key frame, requests one, then sends with the identifiers that the viewer negotiated', () => {
    const { rtp, createSource } = setUp({
      extensionIds: { mid: 1, 'video-orientation': 2, 'abs-send-time': 3 },
    });
    const requests: number[] = [];
    const source = createSource(7, requests);
    source.receive(packet(10, 'too early'), 0);
    expect([rtp(), requests]).toEqual([[], [7]]);

    source.receive(packet(11, 'key', 900, true), 0);
    source.receive(packet(12, 'next', 900), 0);
    const [key, next] = rtp();
    expect(key).toMatchObject({ payloadType: 120, ssrc: 500 });
    expect(key && vp8Text(key)).toBe('key');
    expect(key && findExtension(key, 1)?.toString()).toBe('v');
    expect(key && findExtension(key, 2)).toEqual(orientation);
    expect(key && findExtension(key, 3)?.length).toBe(3);
    expect(next?.timestamp).toBe(key?.timestamp);
    expect(next && numbersFrom(key?.sequenceNumber ?? 0, [next])).toEqual([1]);
  });

  it('keeps the order of a reordered source', () => {
    const { rtp, createSource } = setUp();
    const source = createSource(7);
    source.receive(packet(65_534, 'a', 0, true), 0);
    source.receive(packet(0, 'c'), 0);
    source.receive(packet(65_535, 'b'), 0);
    const first = rtp()[0]?.sequenceNumber ?? 0;
    expect(numbersFrom(first, rtp())).toEqual([0, 2, 1]);
  });

  it('continues with the next number and a later timestamp when the source changes', () => {
    const { rtp, createSource, nowMs } = setUp();
    const former = createSource(7);
    former.receive(packet(10, 'a', 5_000, true), 0);
    former.receive(packet(11, 'b', 8_000), 0);
    nowMs.value += 1_000;
    const later = createSource(8);
    later.receive(packet(40_000, 'not yet', 77), 0);
    later.receive(packet(40_001, 'c', 99, true), 0);
    const [a, b, c] = rtp();
    expect(rtp().map(vp8Text)).toEqual(['a', 'b', 'c']);
    expect(numbersFrom(a?.sequenceNumber ?? 0, rtp())).toEqual([0, 1, 2]);
    expect(((c?.timestamp ?? 0) - (b?.timestamp ?? 0)) >>> 0).toBe(90_000);
  });

  it('repairs as RTX, with the original number before the payload', () => {
    const { leg, rtp, sent, createSource } = setUp();
    const source = createSource(7);
    source.receive(packet(10, 'a', 0, true), 0);
    source.receive(packet(11, 'b'), 0);
    const lost = rtp()[1];
    sent.length = 0;
    leg.repair([lost?.sequenceNumber ?? 0], 0);
    const [rtx] = rtp();
    expect(rtx).toMatchObject({ payloadType: 124, ssrc: 501, timestamp: lost?.timestamp });
    const original = rtx && unwrapRetransmission(rtx, { ssrc: 500, payloadType: 120 });
    expect(original?.sequenceNumber).toBe(lost?.sequenceNumber);
    expect(original && vp8Text(original)).toBe('b');
  });

  it('repairs with the packet itself for a viewer without RTX', () => {
    const { leg, createSource, sent } = setUp({});
    createSource(7).receive(packet(10, 'a', 0, true), 0);
    const first = sent.findLast((bytes) => !isRtcp(bytes));
    leg.repair([first?.readUInt16BE(2) ?? 0], 10_000);
    expect(sent.at(-1)).toEqual(first);
  });

  it('repairs at most 1,000 packets in any second, however many the viewer requests', () => {
    const { leg, rtp, sent, createSource } = setUp();
    createSource(7).receive(packet(10, 'a', 0, true), 0);
    const lost = rtp()[0]?.sequenceNumber ?? 0;
    const requestAt = (nowMs: number) => {
      sent.length = 0;
      for (let count = 0; count < 40; count += 1)
        leg.repair(
          Array.from({ length: 50 }, () => lost),
          nowMs,
        );
      return sent.length;
    };
    expect(requestAt(5_000)).toBe(1_000);
    expect(requestAt(5_999)).toBe(0);
    expect(requestAt(6_000)).toBe(1_000);
  });

  it('does not repair packets that this viewer never received', () => {
    const { leg, sent, rtp, createSource } = setUp();
    const source = createSource(7);
    source.receive(packet(9, 'before'), 0);
    source.receive(packet(10, 'a', 0, true), 0);
    const first = rtp()[0]?.sequenceNumber ?? 0;
    sent.length = 0;
    leg.repair([(first - 1) & 0xffff, (first + 1) & 0xffff, (first + 30_000) & 0xffff], 0);
    expect(sent).toEqual([]);
  });

  it('fills a link with recent packets again, as RTX, and with padding when none is left', () => {
    const { leg, rtp, sent, createSource } = setUp();
    expect(leg.sendFiller(0)).toBe(true);
    const source = createSource(7);
    source.receive(packet(10, 'a', 0, true), 0);
    source.receive(packet(11, 'b'), 0);
    sent.length = 0;
    for (let count = 0; count < 32; count += 1) expect(leg.sendFiller(0)).toBe(true);
    const fillers = rtp();
    expect(fillers.every(({ payloadType, ssrc }) => payloadType === 124 && ssrc === 501)).toBe(true);
    expect(numbersFrom(fillers[0]?.sequenceNumber ?? 0, fillers)).toEqual(fillers.map((_, index) => index));
    const texts = fillers.flatMap((rtx) => {
      const original = unwrapRetransmission(rtx, { ssrc: 500, payloadType: 120 });
      return original ? vp8Text(original) : [];
    });
    expect(texts.toSorted()).toEqual(['a', 'b']);
    expect(fillers.filter(({ payloadStart, payloadEnd }) => payloadStart === payloadEnd)).toHaveLength(30);
  });

  it('starts a new viewer with a fresh key frame, and requests one otherwise', () => {
    const requests: number[] = [];
    const { leg, rtp, createSource, nowMs } = setUp();
    const source = createSource(7, requests);
    const silent = { ...packet(10, 'key', 0, true) };
    leg.start(source, nowMs.value);
    expect(requests).toEqual([7]);
    source.receive(silent, nowMs.value);
    source.receive(packet(11, 'delta'), nowMs.value);

    const second = new ViewerLeg({
      media: videoMedia({ payloadType: 120 }),
      ssrc: 600,
      rtxSsrc: 601,
      cname: 'other',
      sendRtp: (bytes) => secondSent.push(Buffer.from(bytes)) > 0,
      sendRtcp: () => {},
    });
    const secondSent: Buffer[] = [];
    second.start(source, nowMs.value + 400);
    expect(secondSent.flatMap((bytes) => parseRtpPacket(bytes) ?? []).map(vp8Text)).toEqual(['key', 'delta']);
    expect(rtp()).toHaveLength(2);
    expect(requests).toEqual([7]);
  });

  it("sends the viewer the source's clock in its own timestamps", () => {
    const { leg, sent, rtp, createSource, nowMs } = setUp();
    const source = createSource(7);
    source.receiveSenderReport(
      {
        ssrc: 7,
        ntpSeconds: 100,
        ntpFraction: 0x8000_0000,
        rtpTimestamp: 4_000,
        packetCount: 1,
        octetCount: 1,
      },
      nowMs.value - 1_000,
    );
    source.receive(packet(10, 'a', 94_000, true), nowMs.value);
    const report = sent.filter(isRtcp).flatMap(parseRtcp).at(0);
    expect(report).toMatchObject({
      type: 'sender-report',
      ssrc: 500,
      ntpSeconds: 101,
      ntpFraction: 0x8000_0000,
      rtpTimestamp: rtp()[0]?.timestamp,
    });
    sent.length = 0;
    leg.sendSenderReport(nowMs.value);
    expect(sent.flatMap(parseRtcp)[0]).toMatchObject({ packetCount: 1, octetCount: 3 });
  });

  it('continues with the current source until the key frame of the next one is complete', () => {
    const { leg, rtp, createSource, nowMs } = setUp();
    const [former, later] = [createSource(7), createSource(8)];
    former.receive(packet(10, 'a', 5_000, true), nowMs.value);
    leg.switchTo(later, nowMs.value);
    nowMs.value += 499;
    later.receive(packet(40, 'key', 77, true), nowMs.value);
    former.receive(packet(11, 'b', 8_000), nowMs.value);
    later.receive(packet(41, 'rest', 77), nowMs.value);
    expect(rtp().map(vp8Text)).toEqual(['a', 'b']);
    later.receive(packet(42, 'next frame', 3_077), nowMs.value);
    expect(rtp().map(vp8Text)).toEqual(['a', 'b', 'key', 'rest', 'next frame']);
    former.receive(packet(12, 'too late', 9_000), nowMs.value);
    expect(rtp()).toHaveLength(5);
  });

  it('begins with an incomplete key frame when the current source is silent for half a second', () => {
    for (const [silentMs, texts] of [
      [499, ['a']],
      [500, ['a', 'key']],
    ] as const) {
      const { leg, rtp, createSource, nowMs } = setUp();
      const [former, later] = [createSource(7), createSource(8)];
      former.receive(packet(10, 'a', 5_000, true), nowMs.value);
      leg.switchTo(later, nowMs.value);
      nowMs.value += silentMs;
      later.receive(packet(40, 'key', 77, true), nowMs.value);
      expect(rtp().map(vp8Text)).toEqual(texts);
    }
  });

  it('requests another key frame when one stays incomplete for more than a second', () => {
    const requests: number[] = [];
    const { leg, rtp, createSource, nowMs } = setUp();
    const [former, later] = [createSource(7), createSource(8, requests)];
    const startMs = nowMs.value;
    former.receive(packet(10, 'a', 5_000, true), startMs);
    leg.switchTo(later, startMs);
    later.receive(packet(40, 'key', 77, true), startMs);
    requests.length = 0;
    for (const [number, elapsedMs] of [
      [42, 1_000],
      [43, 1_001],
    ] as const) {
      nowMs.value = startMs + elapsedMs;
      former.receive(packet(10 + number, 'b', 5_000 + number), nowMs.value);
      expect(requests).toEqual([]);
      later.receive(packet(number, 'rest', 77), nowMs.value);
    }
    expect(requests).toEqual([8]);
    expect(rtp().map(vp8Text)).toEqual(['a', 'b', 'b']);
  });

  it('waits for a key frame after a restart, and then continues the same timestamps', () => {
    const requests: number[] = [];
    const { leg, rtp, createSource, nowMs } = setUp();
    const source = createSource(7, requests);
    source.receive(packet(10, 'a', 5_000, true), nowMs.value);
    leg.restart();
    expect(leg.current).toBeUndefined();
    source.receive(packet(11, 'b', 8_000), nowMs.value);
    expect(requests).toEqual([7]);
    nowMs.value += 1_000;
    source.receive(packet(12, 'c', 98_000, true), nowMs.value);
    expect(rtp().map(vp8Text)).toEqual(['a', 'c']);
    const [a, c] = rtp();
    expect(((c?.timestamp ?? 0) - (a?.timestamp ?? 0)) >>> 0).toBe(93_000);
  });
});
