import type { AcceptedMedia } from '../accepted-media.ts';
import { RateMeter } from '../bandwidth/rate-meter.ts';
import type { MediaFacts } from '../media-router.ts';
import type { ReportBlock, SenderReport } from '../wire/rtcp.ts';
import type { RtpPacket } from '../wire/rtp-packet.ts';
import { extendSequenceNumber, wireSequenceNumber } from '../wire/sequence-number.ts';
import type { KeyFrameRequester } from './key-frame-requester.ts';
import { NackGenerator } from './nack-generator.ts';
import { PacketHistory } from './packet-history.ts';
import { ReceptionStatistics } from './reception-statistics.ts';

/** One RTP stream (one SSRC) that a publisher sends. */
export interface SourceStreamOptions {
  readonly ssrc: number;
  /** The section it belongs to. */
  readonly media: AcceptedMedia;
  /** Index of its simulcast layer in the publisher's order. Default 0. */
  readonly layer?: number;
  /** Packets kept for retransmission. */
  readonly historySize: number;
  /** Sends a request for these sequence numbers to the publisher; absent if it does not support NACK. */
  readonly sendNack?: (sequenceNumbers: readonly number[]) => void;
  readonly keyFrames: KeyFrameRequester;
  /** Receives each packet once: in network order, repaired packets late. */
  readonly onPacket: (packet: RtpPacket, extendedNumber: number) => void;
}

/** The sender's latest clock report, and when it arrived. */
export interface SourceClock {
  readonly report: SenderReport;
  readonly arrivedMs: number;
}

/** A jump too large to be packet loss (RFC 3550, appendix A.1: MAX_DROPOUT). */
const maxJump = 3_000;

/**
 * Tracks one incoming stream: drops duplicates, requests missing packets, counts for reports, stores packets for
 * repair.
 */
export class SourceStream {
  readonly ssrc: number;
  readonly media: AcceptedMedia;
  readonly layer: number;
  /** Bitrate of arriving packets, retransmissions included. */
  readonly rate: RateMeter = new RateMeter();
  readonly history: PacketHistory;
  readonly keyFrames: KeyFrameRequester;
  readonly #sendNack: SourceStreamOptions['sendNack'];
  readonly #onPacket: SourceStreamOptions['onPacket'];
  readonly #nacks = new NackGenerator();
  readonly #statistics: ReceptionStatistics;
  #highestNumber: number | undefined;
  #afterJump: number | undefined;
  #epoch = 0;
  #clock: SourceClock | undefined;
  #packets = 0;
  #bytes = 0;
  #keyFrames = 0;
  #lastPacketMs = Number.NEGATIVE_INFINITY;
  #heightPx: number | undefined;
  #keyFrameStart:
    { readonly extendedNumber: number; readonly arrivedMs: number; readonly timestamp: number } | undefined;

  constructor(options: SourceStreamOptions) {
    this.ssrc = options.ssrc;
    this.media = options.media;
    this.layer = options.layer ?? 0;
    this.history = new PacketHistory(options.historySize);
    this.keyFrames = options.keyFrames;
    this.#sendNack = options.sendNack;
    this.#onPacket = options.onPacket;
    this.#statistics = new ReceptionStatistics(options.media.codec.clockRate);
  }

  /** Increments when the sender restarts its numbers; numbers of different epochs are unrelated. */
  get epoch(): number {
    return this.#epoch;
  }

  /** The sender's clock; undefined until its first report. */
  get clock(): SourceClock | undefined {
    return this.#clock;
  }

  /** Extended number of the newest packet; undefined before the first. */
  get highestNumber(): number | undefined {
    return this.#highestNumber;
  }

  /** When the newest packet arrived. */
  get lastPacketMs(): number {
    return this.#lastPacketMs;
  }

  /** Height of the video in the last key frame; undefined before one, or if the codec does not say. */
  get heightPx(): number | undefined {
    return this.#heightPx;
  }

  /** Call it with the height that someone else has seen, in pixels; it counts until the next key frame. */
  assumeHeight(heightPx: number | undefined): void {
    this.#heightPx ??= heightPx;
  }

  /** Extended number of the newest key frame's first packet; undefined before the first, and for audio. */
  get keyFrameNumber(): number | undefined {
    return this.#keyFrameStart?.extendedNumber;
  }

  /** The newest key frame's first packet, if it arrived after `sinceMs`. */
  keyFrameStartSince(sinceMs: number): number | undefined {
    const start = this.#keyFrameStart;
    return start && start.arrivedMs >= sinceMs ? start.extendedNumber : undefined;
  }

  /** Takes a packet that came on the first try. */
  receive(packet: RtpPacket, nowMs: number): void {
    const extended = extendSequenceNumber(
      packet.sequenceNumber,
      this.#highestNumber ?? packet.sequenceNumber,
    );
    if (this.#highestNumber !== undefined && Math.abs(extended - this.#highestNumber) > maxJump) {
      if (!this.#confirmsJump(packet.sequenceNumber)) return;
      this.restart();
    }
    this.#afterJump = undefined;
    if (!this.#accept(packet, extended, nowMs)) return;
    this.#statistics.arrived(packet.timestamp, nowMs);
  }

  /** Takes a packet from a retransmission. Drops old ones, which senders use as padding. */
  receiveRetransmitted(packet: RtpPacket, nowMs: number): void {
    if (this.#highestNumber === undefined) return;
    const extended = extendSequenceNumber(packet.sequenceNumber, this.#highestNumber);
    if (Math.abs(extended - this.#highestNumber) > maxJump) return;
    this.#accept(packet, extended, nowMs);
  }

  receiveSenderReport(report: SenderReport, nowMs: number): void {
    this.#clock = { report, arrivedMs: nowMs };
    this.#statistics.senderReport(report, nowMs);
  }

  /** Does what is due: requests for missing packets and key frames. */
  tick(nowMs: number): void {
    const { request, hasAbandoned } = this.#nacks.due(nowMs);
    if (request.length > 0) this.#sendNack?.(request.map(wireSequenceNumber));
    if (hasAbandoned && this.media.kind === 'video') this.keyFrames.request(nowMs);
    this.keyFrames.tick(nowMs);
    this.history.tick(nowMs);
  }

  /** Statistics of the stream. */
  facts(nowMs: number): MediaFacts {
    const { kind, rids } = this.media;
    const { lossRatio, jitterMs } = this.#statistics;
    const rid = rids?.[this.layer];
    return {
      kind,
      packets: this.#packets,
      bytes: this.#bytes,
      keyFrames: this.#keyFrames,
      bitrateBps: Math.round(this.rate.bitsPerSecond(nowMs)),
      lossRatio,
      jitterMs,
      ...(rid !== undefined && { rid }),
    };
  }

  report(nowMs: number): ReportBlock {
    return this.#statistics.report(this.ssrc, nowMs);
  }

  /** Stores and forwards a packet if it is new; returns whether it was. */
  #accept(packet: RtpPacket, extended: number, nowMs: number): boolean {
    const highest = this.#highestNumber ?? extended - 1;
    if (extended <= highest - this.history.capacity || this.history.has(extended)) return false;

    if (extended > highest) {
      if (this.#sendNack) this.#nacks.addMissing(highest + 1, extended, nowMs);
      this.#highestNumber = extended;
    } else {
      this.#nacks.arrived(extended, nowMs);
    }
    this.history.add(extended, packet);
    this.#statistics.received(extended);
    this.#lastPacketMs = nowMs;
    const payloadBytes = packet.payloadEnd - packet.payloadStart;
    this.#packets += 1;
    this.#bytes += payloadBytes;
    this.rate.add(payloadBytes, nowMs);
    this.#noteKeyFrame(packet, extended, nowMs);
    this.#onPacket(packet, extended);
    return true;
  }

  #noteKeyFrame(packet: RtpPacket, extended: number, nowMs: number): void {
    if (this.media.kind !== 'video') return;
    const { codec } = this.media;
    if (!codec.startsKeyFrame(packet.buffer, packet.payloadStart, packet.payloadEnd)) return;
    this.#heightPx =
      codec.keyFrameHeightPx?.(packet.buffer, packet.payloadStart, packet.payloadEnd) ?? this.#heightPx;
    const former = this.#keyFrameStart;
    // H.264 has its parameters and its slices in one frame, and decoding starts at the first of them.
    if (former && (extended <= former.extendedNumber || packet.timestamp === former.timestamp)) return;
    this.#keyFrames += 1;
    this.#keyFrameStart = { extendedNumber: extended, arrivedMs: nowMs, timestamp: packet.timestamp };
    this.keyFrames.arrived();
  }

  /** Two consecutive distant numbers mean that the sender restarted; a single one is a stray packet. */
  #confirmsJump(sequenceNumber: number): boolean {
    const isConfirmed = this.#afterJump === sequenceNumber;
    this.#afterJump = (sequenceNumber + 1) & 0xffff;
    return isConfirmed;
  }

  /** Takes what comes next for a restarted stream: what is missing before it will not come. */
  restart(): void {
    this.#epoch += 1;
    this.#highestNumber = undefined;
    this.#keyFrameStart = undefined;
    this.#nacks.clear();
    this.history.clear();
  }
}
