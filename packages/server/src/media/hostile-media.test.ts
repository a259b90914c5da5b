import { parse } from 'sdp-transform';
import { describe, expect, it } from 'vitest';
import type { AcceptedMedia } from './accepted-media.ts';
import { PublisherPeer } from './incoming/publisher-peer.ts';
import { MediaError } from './media-router.ts';
import { ViewerPeer } from './outgoing/viewer-peer.ts';
import { acceptPublish } from './sdp/accept-publish.ts';
import { acceptView } from './sdp/accept-view.ts';
import { parseOffer } from './sdp/parse-offer.ts';
import { writeAnswer } from './sdp/write-answer.ts';
import { hostileOffers } from './testing/hostile-offers.ts';
import { hostilePackets } from './testing/hostile-packets.ts';
import recordings from './testing/recordings.json' with { type: 'json' };
import { preferring } from './testing/test-offers.ts';
import { rtpBytes } from './testing/test-packets.ts';
import { usableCandidate } from './transport/remote-candidate.ts';
import { parseRtcp } from './wire/parse-rtcp.ts';
import { isRtcp, parseRtpPacket } from './wire/rtp-packet.ts';

// Set PARLEY_FUZZ_PACKETS=1000000 for more packets, and PARLEY_FUZZ_SEED for others.
const packetCount = Number(process.env['PARLEY_FUZZ_PACKETS'] ?? 20_000);
const seed = Number(process.env['PARLEY_FUZZ_SEED'] ?? 1);
const offerCount = Math.ceil(packetCount / 25);
const timeout = 30_000 + packetCount;

const { chromium, firefox } = recordings;
const samples = [chromium, firefox]
  .flatMap(({ packets }) => Object.values(packets).flat())
  .map((hex) => Buffer.from(hex, 'hex'));
const hostileSsrcs = [1, 2, 3];
const honestSsrc = 0x7777;
/** Payload type of redundant audio in Chromium's offers. */
const redPayloadType = 63;

/** Payload types by codec in Chromium's offers, and a packet that starts a key frame. */
const videoCodecs = [
  ['VP8', 96, [0x10, 0x00, 0x00]],
  ['H264', 108, [0x67, 0x42, 0xe0]],
  ['VP9', 98, [0x08, 0x00, 0x00]],
  ['AV1', 45, [0x18, 0x0a, 0x00]],
] as const;

/** A publisher and a viewer, connected as by a stream, without transports. */
function connect(payloadType: number) {
  let nowMs = 1_000;
  const now = () => nowMs;
  const published = acceptPublish(
    parseOffer(preferring(chromium.publishOffer, payloadType, redPayloadType)),
    'MIC_AND_CAM',
  );
  const viewed = acceptView(parseOffer(chromium.viewOffer), published);
  const toPublisher: Uint8Array[] = [];
  const toViewer: Uint8Array[] = [];
  const toHonestViewer: Uint8Array[] = [];
  const createViewer = (to: Uint8Array[]) =>
    new ViewerPeer({
      media: viewed,
      send: (packet) => to.push(Buffer.from(packet)) > 0,
      published: (kind) => publisher.published(kind),
      now,
    });
  const viewer = createViewer(toViewer);
  // The router trusts a viewer's reports on its own link, so only another viewer can show whether the stream still
  // flows.
  const honestViewer = createViewer(toHonestViewer);
  const viewers = [viewer, honestViewer];
  const publisher: PublisherPeer = new PublisherPeer({
    media: published,
    send: (packet) => toPublisher.push(packet) > 0,
    onPacket: (...packet) => {
      for (const one of viewers) one.forward(...packet);
    },
    onSenderReport: (source) => {
      for (const one of viewers) one.sendSenderReport(source);
    },
    now,
  });
  for (const one of viewers) one.open();
  return {
    published,
    viewed,
    publisher,
    viewer,
    /** Packets sent since the last call. */
    takeSent: () => ({
      toPublisher: toPublisher.splice(0),
      toViewer: toViewer.splice(0),
      toHonestViewer: toHonestViewer.splice(0),
    }),
    advance: (byMs: number) => {
      nowMs += byMs;
      publisher.tick(nowMs);
      for (const one of viewers) one.tick(nowMs);
    },
  };
}

function payloadTypesOf(media: readonly AcceptedMedia[]): number[] {
  return media
    .flatMap(({ payloadType, rtxPayloadType, redPayloadType: red }) => [payloadType, rtxPayloadType, red])
    .filter((payloadType) => payloadType !== undefined);
}

describe('packets that no honest peer sends', () => {
  it.each(videoCodecs)(
    'neither throw nor produce anything but RTP and RTCP, and %s still flows afterwards',
    (_name, payloadType, keyFrame) => {
      const { published, viewed, publisher, viewer, takeSent, advance } = connect(payloadType);
      const viewerSsrcs = viewer.sentMedia.map(({ ssrc }) => ssrc);
      const payloadTypes = payloadTypesOf(published);
      const nextForPublisher = hostilePackets({ seed, samples, payloadTypes, ssrcs: hostileSsrcs });
      const nextForViewer = hostilePackets({
        seed: seed + 1,
        samples,
        payloadTypes: payloadTypesOf(viewed),
        ssrcs: viewerSsrcs,
      });
      const forwardedTypes = new Set(payloadTypesOf(viewed));
      let forwarded = 0;
      for (let count = 0; count < packetCount / videoCodecs.length; count += 1) {
        if (count % 3 === 0) viewer.receive(nextForViewer());
        else publisher.receive(nextForPublisher());
        if (count % 50 !== 0) continue;
        advance(20);
        const sent = takeSent();
        for (const packet of sent.toPublisher) expect(parseRtcpOnly(packet)).toBe(true);
        for (const packet of sent.toViewer.map((bytes) => Buffer.from(bytes))) {
          if (isRtcp(packet)) continue;
          expect(forwardedTypes).toContain(parseRtpPacket(packet)?.payloadType);
          forwarded += 1;
        }
      }
      expect(forwarded).toBeGreaterThan(packetCount / videoCodecs.length / 50);

      takeSent();
      const payload = Uint8Array.from([...keyFrame, 0xaa, 0xbb, 0xcc]);
      // The former source may still look alive for a short time.
      let isSeen = false;
      for (let sequenceNumber = 40_000; !isSeen && sequenceNumber < 40_200; sequenceNumber += 1) {
        const timestamp = sequenceNumber * 3_000;
        const fields = { payloadType, ssrc: honestSsrc, sequenceNumber, timestamp, payload, marker: true };
        publisher.receive(rtpBytes(fields));
        advance(20);
        isSeen = takeSent().toHonestViewer.some((sent) =>
          Buffer.from(sent).subarray(-payload.length).equals(payload),
        );
      }
      expect(isSeen).toBe(true);
    },
    timeout,
  );
});

function parseRtcpOnly(packet: Uint8Array): boolean {
  const bytes = Buffer.from(packet);
  parseRtcp(bytes);
  return isRtcp(bytes) && bytes.length % 4 === 0;
}

describe('offers that no honest peer sends', () => {
  it(
    'are answered with SDP or refused with a MediaError, and nothing else',
    () => {
      const offers = [chromium, firefox].flatMap(({ publishOffer, viewOffer, simulcastOffer }) => [
        publishOffer,
        viewOffer,
        simulcastOffer,
      ]);
      const next = hostileOffers(seed, offers);
      const published = [96, 108, 98, 45].map((type) =>
        acceptPublish(parseOffer(preferring(chromium.publishOffer, type)), 'MIC_AND_CAM'),
      );
      const local = {
        iceUfrag: 'u',
        icePwd: 'p',
        fingerprint: { algorithm: 'a', value: 'v' },
        candidates: [],
      };
      const outcomes = { answered: 0, refused: 0 };
      const attempt = (action: () => string) => {
        try {
          parse(action());
          outcomes.answered += 1;
        } catch (error) {
          if (!(error instanceof MediaError)) throw error;
          outcomes.refused += 1;
        }
      };
      for (let count = 0; count < offerCount; count += 1) {
        const sdp = next();
        let media = published[count % published.length] ?? [];
        attempt(() => {
          const offer = parseOffer(sdp);
          media = acceptPublish(offer, 'SCREEN');
          return writeAnswer(offer, media, local, []);
        });
        attempt(() => {
          const offer = parseOffer(sdp);
          return writeAnswer(offer, acceptView(offer, media), local, []);
        });
        for (const line of sdp.match(/candidate:.*/g) ?? []) usableCandidate(line);
      }
      expect(outcomes.answered).toBeGreaterThan(offerCount / 10);
      expect(outcomes.refused).toBeGreaterThan(offerCount / 10);
    },
    timeout,
  );
});
