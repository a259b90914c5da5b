import { expect } from 'vitest';
import { parseRtcp } from '../wire/parse-rtcp.ts';
import { unwrapRetransmission } from '../wire/retransmission.ts';
import { isRtcp, parseRtpPacket, type RtpPacket } from '../wire/rtp-packet.ts';
import { eventually } from './eventually.ts';
import type { RawPeer } from './raw-peer.ts';
import { rtpBytes, vp8Payload, vp8Text } from './test-packets.ts';

/** The publishing end in a test. */
export interface VideoSender {
  /** Sends a frame with each of these texts, none of them a key frame. */
  send(...texts: readonly string[]): void;
  sendKeyFrame(): void;
  /** Sends key frames until each viewer has received one. */
  sendUntilSeen(viewers: readonly VideoViewer[]): Promise<void>;
  /** Answers the router's NACKs with RTX from now on. */
  answerNacks(): void;
  /** Number of the router's key-frame requests. */
  keyFrameRequests(): number;
}

/** The viewing end in a test. */
export interface VideoViewer {
  /** SSRC of the video in the answer. */
  readonly ssrc: number;
  /** All received packets, with retransmissions unwrapped, in the order of arrival. */
  packets(): RtpPacket[];
  /** Texts of all frames in order of sequence number. */
  texts(): string[];
  sendRtcp(packet: Buffer): void;
}

const publisherRtxSsrc = 0x2222;

/** A publisher's browser, reduced to VP8 with one packet per frame. Its key frames have the text `keyText`. */
export function videoSender(peer: RawPeer, ssrc: number, keyText = 'key'): VideoSender {
  let sequenceNumber = 65_530;
  let rtxSequenceNumber = 0;
  const sent = new Map<number, Buffer>();
  const sendPacket = (startsKeyFrame: boolean, text: string) => {
    const number = sequenceNumber & 0xffff;
    const payload = vp8Payload(startsKeyFrame, text);
    const fields = {
      payloadType: 96,
      sequenceNumber: number,
      timestamp: sequenceNumber * 3_000,
      ssrc,
      payload,
    };
    sequenceNumber += 1;
    sent.set(number, payload);
    peer.send(rtpBytes(fields));
  };
  const rtcp = () => peer.received.filter(isRtcp).flatMap(parseRtcp);
  return {
    send: (...texts) => {
      for (const text of texts) sendPacket(false, text);
    },
    sendKeyFrame: () => sendPacket(true, keyText),
    sendUntilSeen: (viewers) =>
      eventually(() => {
        if (!viewers.every((viewer) => viewer.texts().includes(keyText))) sendPacket(true, keyText);
        for (const viewer of viewers) expect(viewer.texts()).toContain(keyText);
      }),
    answerNacks: () =>
      peer.onPacket((bytes) => {
        if (!isRtcp(bytes)) return;
        for (const message of parseRtcp(bytes)) {
          if (message.type !== 'nack') continue;
          for (const number of message.sequenceNumbers) {
            const original = Buffer.alloc(2);
            original.writeUInt16BE(number);
            rtxSequenceNumber += 1;
            const payload = Buffer.concat([original, sent.get(number) ?? Buffer.alloc(0)]);
            const fields = {
              payloadType: 97,
              sequenceNumber: rtxSequenceNumber,
              ssrc: publisherRtxSsrc,
              payload,
            };
            peer.send(rtpBytes(fields));
          }
        }
      }),
    keyFrameRequests: () => rtcp().filter(({ type }) => type === 'key-frame-request').length,
  };
}

/** A viewer's browser that unwraps retransmissions and sorts by sequence number. */
export function videoViewer(peer: RawPeer, ssrc: number): VideoViewer {
  const packets = () =>
    peer.received
      .filter((bytes) => !isRtcp(bytes))
      .flatMap((bytes) => parseRtpPacket(bytes) ?? [])
      .flatMap((packet) =>
        packet.payloadType === 124
          ? (unwrapRetransmission(packet, { ssrc, payloadType: 120 }) ?? [])
          : packet,
      );
  return {
    ssrc,
    packets,
    texts: () =>
      packets()
        .toSorted((a, b) => ((a.sequenceNumber - b.sequenceNumber) << 16) >> 16)
        .map(vp8Text),
    sendRtcp: (packet: Buffer) => peer.send(packet),
  };
}
