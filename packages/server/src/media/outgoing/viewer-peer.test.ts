import { describe, expect, it } from 'vitest';
import type { AcceptedMedia } from '../accepted-media.ts';
import { opus } from '../codecs/opus.ts';
import { vp8 } from '../codecs/vp8.ts';
import { PublisherPeer } from '../incoming/publisher-peer.ts';
import { rtpBytes, vp8Payload, vp8Text } from '../testing/test-packets.ts';
import {
  buildBandwidthEstimate,
  buildNack,
  buildPictureLoss,
  buildReceiverReport,
  buildSenderReport,
} from '../wire/build-rtcp.ts';
import { parseRtcp } from '../wire/parse-rtcp.ts';
import { findExtension, isRtcp, parseRtpPacket } from '../wire/rtp-packet.ts';
import { ViewerPeer } from './viewer-peer.ts';

const video: AcceptedMedia = {
  kind: 'video',
  mid: '1',
  codec: vp8,
  payloadType: 96,
  rtxPayloadType: 97,
  formatParameters: '',
  feedback: [],
  extensionIds: {},
  hasReducedSizeRtcp: true,
};
const { rtxPayloadType: _none, ...withoutRtx } = video;
const audio: AcceptedMedia = { ...withoutRtx, kind: 'audio', mid: '0', codec: opus, payloadType: 111 };

/** A publisher of audio (SSRC 3) and video (SSRC 7), and one viewer of both. */
function setUp({
  viewed = [audio, video] as readonly AcceptedMedia[],
  former = undefined as ViewerPeer | undefined,
} = {}) {
  const time = { ms: 10_000 };
  const choices = { count: 0 };
  const toPublisher: Buffer[] = [];
  const toViewer: Buffer[] = [];
  const now = () => time.ms;
  const publisher: PublisherPeer = new PublisherPeer({
    media: [audio, video],
    send: (packet) => toPublisher.push(Buffer.from(packet)) > 0,
    onPacket: (published, source, packet, number) => viewer.forward(published, source, packet, number),
    onSenderReport: (source) => viewer.sendSenderReport(source),
    now,
  });
  const viewer: ViewerPeer = new ViewerPeer({
    media: viewed,
    former,
    send: (packet) => toViewer.push(Buffer.from(packet)) > 0,
    published: (kind) => {
      choices.count += 1;
      return publisher.published(kind);
    },
    now,
  });
  let number = 0;
  const sendVideo = (text: string, isKey = false, ssrc = 7): void => {
    number += 1;
    const payload = vp8Payload(isKey, text);
    publisher.receive(
      rtpBytes({ payloadType: 96, ssrc, sequenceNumber: number, timestamp: number, payload }),
    );
  };
  const sendAudio = (text: string): void => {
    number += 1;
    const payload = Buffer.from(`..${text}`);
    publisher.receive(rtpBytes({ payloadType: 111, ssrc: 3, sequenceNumber: number, payload }));
  };
  /** The RTP that the viewer received since the last call. */
  const takePackets = () =>
    toViewer
      .splice(0)
      .filter((bytes) => !isRtcp(bytes))
      .flatMap((bytes) => parseRtpPacket(bytes) ?? []);
  const takeTexts = () => takePackets().map(vp8Text);
  const keyFrameRequests = () =>
    toPublisher
      .splice(0)
      .flatMap(parseRtcp)
      .filter(({ type }) => type === 'key-frame-request').length;
  const ssrcOf = (mid: string) => viewer.sentMedia.find((sent) => sent.mid === mid)?.ssrc ?? 0;
  return {
    time,
    choices,
    publisher,
    viewer,
    toViewer,
    sendVideo,
    sendAudio,
    takePackets,
    takeTexts,
    keyFrameRequests,
    ssrcOf,
  };
}

const block = {
  fractionLost: 64,
  packetsLost: 0,
  highestSequenceNumber: 0,
  jitter: 0,
  lastSenderReport: 0,
  delaySinceLastSenderReport: 0,
};

describe('a view', () => {
  it('begins when it opens: audio at once, video with a key frame that it requests', () => {
    const { time, viewer, sendVideo, sendAudio, takeTexts, keyFrameRequests } = setUp();
    sendAudio('too early');
    sendVideo('too early');
    expect([takeTexts(), keyFrameRequests()]).toEqual([[], 0]);
    time.ms += 1_000;
    viewer.open();
    expect(keyFrameRequests()).toBe(1);
    sendVideo('delta');
    sendAudio('audio');
    sendVideo('key', true);
    sendVideo('next');
    expect(takeTexts()).toEqual(['audio', 'key', 'next']);
  });

  it('begins with a key frame that has just arrived, once', () => {
    const { time, viewer, sendVideo, takeTexts } = setUp();
    sendVideo('key', true);
    sendVideo('delta');
    time.ms += 500;
    viewer.open();
    viewer.open();
    sendVideo('next');
    expect(takeTexts()).toEqual(['key', 'delta', 'next']);
  });

  it('requests a key frame rather than begin with one older than half a second', () => {
    const { time, viewer, sendVideo, takeTexts, keyFrameRequests } = setUp();
    sendVideo('key', true);
    time.ms += 501;
    viewer.open();
    expect([takeTexts(), keyFrameRequests()]).toEqual([[], 1]);
  });

  it('receives no video while that is paused, and a new key frame when it resumes', () => {
    const { time, viewer, sendVideo, sendAudio, takeTexts, keyFrameRequests } = setUp();
    viewer.open();
    sendVideo('key', true);
    viewer.setVideo({ isPaused: true });
    expect(viewer.needsLayer(0)).toBe(false);
    sendVideo('hidden');
    sendAudio('audio');
    expect(takeTexts()).toEqual(['key', 'audio']);
    time.ms += 1_000;
    keyFrameRequests();
    viewer.setVideo({});
    expect([viewer.needsLayer(0), keyFrameRequests()]).toEqual([true, 1]);
    sendVideo('delta');
    sendVideo('again', true);
    viewer.setVideo({});
    sendVideo('next');
    expect(takeTexts()).toEqual(['again', 'next']);
  });

  it('opens without video while that is paused', () => {
    const { viewer, sendVideo, takeTexts } = setUp();
    viewer.setVideo({ isPaused: true });
    sendVideo('key', true);
    viewer.open();
    expect(takeTexts()).toEqual([]);
  });

  it('follows a publisher that restarts its stream', () => {
    const { time, viewer, sendVideo, takeTexts } = setUp();
    viewer.open();
    sendVideo('key', true);
    time.ms += 1_000;
    sendVideo('restarted', true, 8);
    expect(takeTexts()).toEqual(['key', 'restarted']);
  });

  it('of audio alone needs no layer of the video', () => {
    const { viewer, sendVideo, sendAudio, takeTexts } = setUp({ viewed: [audio] });
    viewer.open();
    sendVideo('key', true);
    sendAudio('audio');
    viewer.setVideo({ maxHeightPx: 100 });
    expect([takeTexts(), viewer.needsLayer(0)]).toEqual([['audio'], false]);
  });

  it('identifies its streams, in one MediaStream, with retransmissions where the viewer supports them', () => {
    const { viewer } = setUp();
    const [first, second] = viewer.sentMedia;
    expect([first?.mid, second?.mid]).toEqual(['0', '1']);
    expect(first).not.toHaveProperty('rtxSsrc');
    expect(second?.rtxSsrc).toEqual(expect.any(Number));
    expect(second?.cname).toBe(first?.cname);
    expect(second?.mediaStreamId).toBe(first?.mediaStreamId);
    expect(second?.trackId).not.toBe(first?.trackId);
    expect(new Set([first?.ssrc, second?.ssrc, second?.rtxSsrc]).size).toBe(3);
  });

  it('chooses its layer ten times a second', () => {
    const { viewer, choices } = setUp();
    viewer.open();
    const countAt = (nowMs: number) => {
      choices.count = 0;
      viewer.tick(nowMs);
      return choices.count;
    };
    expect([10_000, 10_099, 10_100, 10_199, 10_200].map(countAt)).toEqual([0, 0, 1, 0, 1]);
  });

  it('measures what it sends every second', () => {
    const { viewer, sendVideo } = setUp();
    viewer.open();
    viewer.tick(10_000);
    sendVideo('12345678', true);
    const bitrates = [10_999, 11_000, 12_000].map((nowMs) => {
      viewer.tick(nowMs);
      return viewer.facts().find(({ kind }) => kind === 'video')?.bitrateBps;
    });
    expect(bitrates).toEqual([0, 80, 0]);
  });

  it('continues the transport-wide numbers of the view that it replaces, after those that are on their way', () => {
    const viewed = [{ ...video, extensionIds: { 'transport-cc': 5 } }];
    const firstNumber = (former?: ViewerPeer) => {
      const { viewer, sendVideo, takePackets } = setUp({ viewed, former });
      viewer.open();
      sendVideo('key', true);
      const [packet] = takePackets();
      return { viewer, number: packet && findExtension(packet, 5)?.readUInt16BE() };
    };
    const { viewer, number } = firstNumber();
    expect(number).toBe(0);
    expect(firstNumber(viewer).number).toBe(1 + 1_024);
  });
});

describe('the feedback of a viewer', () => {
  it('repeats the packets that it lost, of its own streams', () => {
    const { viewer, sendVideo, takePackets, ssrcOf } = setUp();
    viewer.open();
    sendVideo('key', true);
    const sequenceNumber = takePackets()[0]?.sequenceNumber ?? 0;
    viewer.receive(buildNack(1, 4, [sequenceNumber]));
    expect(takePackets()).toEqual([]);
    viewer.receive(buildNack(1, ssrcOf('1'), [sequenceNumber]));
    expect(takePackets()).toMatchObject([{ payloadType: 97 }]);
  });

  it('reaches the publisher when it needs a key frame of its own stream', () => {
    const { time, viewer, sendVideo, keyFrameRequests, ssrcOf } = setUp();
    viewer.open();
    sendVideo('key', true);
    keyFrameRequests();
    time.ms += 1_000;
    viewer.receive(buildPictureLoss(1, 4));
    expect(keyFrameRequests()).toBe(0);
    viewer.receive(buildPictureLoss(1, ssrcOf('1')));
    expect(keyFrameRequests()).toBe(1);
  });

  it('says what it lost of each stream, and what its link carries', () => {
    const { viewer, sendVideo, ssrcOf } = setUp();
    viewer.open();
    sendVideo('key', true);
    expect(viewer.facts()[1]).not.toHaveProperty('estimateBps');
    // An estimate that fell is a limit.
    for (const bitrateBps of [500_000, 250_000]) {
      viewer.receive(buildBandwidthEstimate(1, bitrateBps, []));
    }
    for (const facts of viewer.facts()) expect(facts).toMatchObject({ lossRatio: 0, estimateBps: 250_000 });
    viewer.receive(buildReceiverReport(1, [{ ssrc: ssrcOf('1'), ...block }]));
    expect(viewer.facts()).toMatchObject([
      { kind: 'audio', lossRatio: 0 },
      { kind: 'video', lossRatio: 0.25 },
    ]);
  });

  it('is ignored as far as it is about other streams, or is no RTCP', () => {
    const { viewer, sendVideo, toViewer } = setUp();
    viewer.open();
    sendVideo('key', true);
    toViewer.length = 0;
    const lost = { ...block, fractionLost: 255 };
    for (let report = 0; report < 20; report += 1)
      viewer.receive(buildReceiverReport(1, [{ ssrc: 4, ...lost }]));
    viewer.receive(rtpBytes({ payloadType: 96 }));
    expect(toViewer).toEqual([]);
    for (const facts of viewer.facts()) {
      expect(facts.lossRatio).toBe(0);
      expect(facts).not.toHaveProperty('estimateBps');
    }
  });
});

it('passes on the clock of the stream that it sends, once it is open', () => {
  const { publisher, viewer, sendVideo, sendAudio, toViewer, ssrcOf } = setUp();
  const report = { ntpSeconds: 1, ntpFraction: 0, rtpTimestamp: 5, packetCount: 1, octetCount: 1 };
  sendVideo('key', true);
  publisher.receive(buildSenderReport({ ssrc: 7, ...report }, 'c'));
  expect(toViewer).toEqual([]);
  viewer.open();
  sendAudio('audio');
  toViewer.length = 0;
  publisher.receive(buildSenderReport({ ssrc: 7, ...report }, 'c'));
  publisher.receive(buildSenderReport({ ssrc: 3, ...report }, 'c'));
  expect(toViewer.flatMap(parseRtcp)).toMatchObject([
    { type: 'sender-report', ssrc: ssrcOf('1') },
    { type: 'sender-report', ssrc: ssrcOf('0') },
  ]);
});
