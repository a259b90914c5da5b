import { describe, expect, it } from 'vitest';
import type { AcceptedMedia } from '../accepted-media.ts';
import { opus } from '../codecs/opus.ts';
import { vp8 } from '../codecs/vp8.ts';
import { rtpBytes, vp8Payload, type RtpFields } from '../testing/test-packets.ts';
import { buildSenderReport } from '../wire/build-rtcp.ts';
import { parseRtcp } from '../wire/parse-rtcp.ts';
import { PublisherPeer } from './publisher-peer.ts';

const video: AcceptedMedia = {
  kind: 'video',
  mid: '1',
  codec: vp8,
  payloadType: 96,
  rtxPayloadType: 97,
  formatParameters: '',
  feedback: ['nack'],
  extensionIds: { 'transport-cc': 5, 'abs-send-time': 6 },
  hasReducedSizeRtcp: true,
};
const audio: AcceptedMedia = {
  ...video,
  kind: 'audio',
  mid: '0',
  codec: opus,
  payloadType: 111,
  feedback: [],
  extensionIds: {},
};

function setUp(media: readonly AcceptedMedia[] = [video], isSent = true) {
  const time = { ms: 10_000 };
  const sent: Buffer[] = [];
  const forwarded: string[] = [];
  const reported: number[] = [];
  const peer = new PublisherPeer({
    media,
    send: (packet) => {
      sent.push(Buffer.from(packet));
      return isSent;
    },
    onPacket: (published, source, packet, number) =>
      forwarded.push(`${published.media.kind} ${source.ssrc} ${number} ${packet.payloadType}`),
    onSenderReport: (source) => reported.push(source.ssrc),
    now: () => time.ms,
  });
  const receive = (fields: RtpFields): void =>
    peer.receive(rtpBytes({ payloadType: 96, ssrc: 7, payload: vp8Payload(true, '.'), ...fields }));
  /** What was sent since the last call. */
  const takeSent = () => sent.splice(0).flatMap((packet) => parseRtcp(packet));
  const typesAt = (nowMs: number) => {
    time.ms = nowMs;
    peer.tick(nowMs);
    return takeSent().map(({ type }) => type);
  };
  return { time, peer, sent, receive, forwarded, reported, takeSent, typesAt };
}

/** The content of abs-send-time, in units of 1/2^18 s. */
const sendTime = (ms: number) => {
  const units = Math.round((ms * 2 ** 18) / 1_000);
  return Buffer.from([units >> 16, (units >> 8) & 0xff, units & 0xff]);
};
const transportNumber = (number: number) => Buffer.from([number >> 8, number & 0xff]);

describe('feedback to a publisher', () => {
  it('reports arrivals every 40 ms, and packets every second', () => {
    const { receive, typesAt } = setUp();
    receive({ extensions: { 5: transportNumber(1) } });
    expect(typesAt(10_000)).toEqual(['transport-arrivals', 'receiver-report']);
    receive({ sequenceNumber: 1, extensions: { 5: transportNumber(2) } });
    expect(typesAt(10_039)).toEqual([]);
    expect(typesAt(10_040)).toEqual(['transport-arrivals']);
    expect(typesAt(10_080)).toEqual([]);
    expect(typesAt(10_999)).toEqual([]);
    expect(typesAt(11_000)).toEqual(['receiver-report']);
  });

  it('has no report before the first stream', () => {
    expect(setUp().typesAt(10_000)).toEqual([]);
  });

  it('restores the spacing of packets that came in one turn, from their send times', () => {
    const { time, peer, receive, takeSent } = setUp();
    for (const [number, sentMs] of [
      [1, 1_000],
      [2, 1_010],
      [3, 1_030],
    ] as const) {
      receive({ sequenceNumber: number, extensions: { 5: transportNumber(number), 6: sendTime(sentMs) } });
    }
    peer.tick(time.ms);
    const arrivals = takeSent().find((message) => message.type === 'transport-arrivals');
    expect(arrivals).toMatchObject({ firstNumber: 1, arrivedMs: [9_970, 9_980, 10_000] });
  });

  it('names the first stream that has a number', () => {
    const { peer, sent, receive } = setUp();
    receive({ ssrc: 8 });
    receive({ ssrc: 7, extensions: { 5: transportNumber(1) } });
    receive({ ssrc: 9, extensions: { 5: transportNumber(2) } });
    peer.tick(10_000);
    expect(sent[0]?.readUInt32BE(8)).toBe(7);
  });

  it('covers packets of no known stream, and leaves out those without a number', () => {
    const { receive, typesAt, forwarded } = setUp();
    receive({ payloadType: 20, extensions: { 5: transportNumber(1) } });
    expect(forwarded).toEqual([]);
    expect(typesAt(10_040)).toEqual(['transport-arrivals']);
    receive({ payloadType: 20 });
    expect(typesAt(10_080)).toEqual([]);
  });

  it('requests lost packets only of media whose publisher repeats them', () => {
    const { receive, typesAt } = setUp([audio, video]);
    typesAt(10_000);
    for (const [payloadType, ssrc] of [
      [111, 3],
      [96, 7],
    ] as const) {
      receive({ payloadType, ssrc, sequenceNumber: 1 });
      receive({ payloadType, ssrc, sequenceNumber: 3 });
    }
    expect(typesAt(10_020)).toEqual(['nack']);
  });

  it('requests a key frame of the stream that a viewer needs, and again if that was not sent', () => {
    for (const [isSent, count] of [
      [true, 1],
      [false, 2],
    ] as const) {
      const { peer, receive, takeSent } = setUp([video], isSent);
      receive({ payload: vp8Payload(false, '.') });
      const [source] = peer.published('video')?.layers ?? [];
      source?.keyFrames.request(10_000);
      source?.keyFrames.request(10_001);
      expect(takeSent()).toEqual(
        Array.from({ length: count }, () => ({ type: 'key-frame-request', mediaSsrc: 7 })),
      );
    }
  });
});

describe('the cap of a publisher', () => {
  it('allows 60 kbit/s for audio, is repeated every second, and is lifted by 0', () => {
    const { peer, receive, takeSent, typesAt, time } = setUp();
    const caps = () =>
      takeSent().flatMap((message) => (message.type === 'bandwidth-estimate' ? [message.bitrateBps] : []));
    peer.setVideoBitrate(500_000);
    expect(caps()).toEqual([]);
    receive({});
    peer.setVideoBitrate(200_000);
    expect(caps()).toEqual([260_000]);
    expect(typesAt(10_000)).toContain('bandwidth-estimate');
    time.ms = 11_000;
    peer.tick(11_000);
    expect(caps()).toEqual([260_000]);
    peer.setVideoBitrate(0);
    const [liftedBps = 0] = caps();
    expect(liftedBps).toBeGreaterThan(99_000_000);
    expect(liftedBps).toBeLessThanOrEqual(100_000_000);
  });

  it('is never sent to a publisher without one', () => {
    const { peer, receive, typesAt } = setUp();
    receive({});
    peer.setVideoBitrate(0);
    expect(typesAt(11_000)).toEqual(['receiver-report']);
  });
});

describe('the streams of a publisher', () => {
  it('are sorted into their sections, each packet once', () => {
    const { receive, forwarded, peer } = setUp([audio, video]);
    receive({ payloadType: 111, ssrc: 3, sequenceNumber: 5 });
    receive({ sequenceNumber: 9 });
    receive({ sequenceNumber: 9 });
    receive({ payloadType: 20, ssrc: 4 });
    expect(forwarded).toEqual(['audio 3 5 111', 'video 7 9 96']);
    expect(peer.facts().map(({ kind, packets }) => [kind, packets])).toEqual([
      ['audio', 1],
      ['video', 1],
    ]);
  });

  it('may be replaced once they are silent for a second, and not sooner', () => {
    const { time, receive, forwarded } = setUp();
    receive({});
    time.ms += 999;
    receive({ ssrc: 8 });
    expect(forwarded).toHaveLength(1);
    time.ms += 1;
    receive({ ssrc: 8 });
    receive({ ssrc: 7, sequenceNumber: 1 });
    expect(forwarded).toEqual(['video 7 0 96', 'video 8 0 96']);
  });

  it('are repaired by retransmissions, but not by padding or by those of another stream', () => {
    const { receive, forwarded } = setUp([{ ...video, repairedSsrcs: new Map([[70, 9]]) }]);
    const repair = (ssrc: number, number: number, payload = vp8Payload(true, '.')) =>
      receive({
        payloadType: 97,
        ssrc,
        payload: Buffer.concat([transportNumber(number), payload]),
      });
    repair(71, 4);
    receive({ sequenceNumber: 5 });
    receive({ sequenceNumber: 7 });
    repair(70, 6);
    receive({ payloadType: 97, ssrc: 71, payload: Buffer.alloc(0) });
    expect(forwarded).toEqual(['video 7 5 96', 'video 7 7 96']);
    repair(71, 6);
    expect(forwarded.at(-1)).toBe('video 7 6 96');
  });

  it('take the clock of their own sender report', () => {
    const { peer, receive, reported } = setUp();
    receive({});
    const report = { ntpSeconds: 1, ntpFraction: 0, rtpTimestamp: 5, packetCount: 1, octetCount: 1 };
    peer.receive(buildSenderReport({ ssrc: 8, ...report }, 'c'));
    expect(reported).toEqual([]);
    peer.receive(buildSenderReport({ ssrc: 7, ...report }, 'c'));
    expect(reported).toEqual([7]);
    expect(peer.published('video')?.offeredAt(0)?.clock).toMatchObject({ arrivedMs: 10_000 });
  });

  it('drop what is no packet', () => {
    const { peer, forwarded } = setUp();
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(3), Buffer.alloc(12)]) peer.receive(bytes);
    expect(forwarded).toEqual([]);
  });

  it('have no video in a section of audio', () => {
    const { peer } = setUp([audio]);
    expect([peer.published('video'), peer.published('audio')?.media]).toEqual([undefined, audio]);
  });
});
