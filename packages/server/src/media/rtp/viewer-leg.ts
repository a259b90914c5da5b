import { randomInt } from 'node:crypto';
import type { AcceptedMedia } from '../accepted-media.ts';
import type { MediaFacts } from '../media-router.ts';
import { buildSenderReport } from './build-rtcp.ts';
import { FlowMeter } from './flow-meter.ts';
import { writeForwardedPacket } from './forwarded-packet.ts';
import type { ExtensionRewrite } from './forwarded-packet.ts';
import { adaptRed } from './red.ts';
import type { ReportBlock } from './rtcp.ts';
import type { RtpPacket } from './rtp-packet.ts';
import { readSourceClock } from './sender-clock.ts';
import { SentReports } from './sent-reports.ts';
import { extendSequenceNumber, wireSequenceNumber } from './sequence-number.ts';
import type { SourceStream } from './source-stream.ts';

/** One kind of media on its way to one viewer. */
export interface ViewerLegOptions {
  /** What this viewer accepted. */
  readonly media: AcceptedMedia;
  readonly ssrc: number;
  readonly rtxSsrc: number;
  readonly cname: string;
  /** Hands a packet to the transport; false when it is not open. */
  readonly send: (packet: Uint8Array) => boolean;
}

/** How numbers and timestamps of the current source map to those the viewer sees. */
interface Segment {
  readonly source: SourceStream;
  readonly epoch: number;
  readonly firstNumber: number;
  readonly numberOffset: number;
  readonly timestampOffset: number;
  readonly extensions: ExtensionRewrite;
}

/** A viewer that asks for more repairs than this in a second has a link that repairs only make worse. */
const maxRepairsPerSecond = 1_000;
/** A key frame younger than this is sent again to a new viewer, who then need not wait for the next. */
const freshKeyFrameMs = 500;

/** Rewrites one source stream for one viewer, without a seam when the source changes, and repairs the viewer's losses. */
export class ViewerLeg {
  readonly media: AcceptedMedia;
  readonly ssrc: number;
  readonly rtxSsrc: number;
  readonly #cname: string;
  readonly #send: ViewerLegOptions['send'];
  #segment: Segment | undefined;
  #highestNumber = randomInt(0x8000);
  #lastTimestamp = randomInt(0x8000_0000);
  #lastSentMs: number | undefined;
  #rtxNumber = randomInt(0x8000);
  readonly #flow = new FlowMeter();
  readonly #sentReports = new SentReports();
  #feedback: Pick<MediaFacts, 'lossRatio' | 'jitterMs' | 'roundTripMs'> = { lossRatio: 0, jitterMs: 0 };
  #repairs = { sinceMs: 0, count: 0 };

  constructor(options: ViewerLegOptions) {
    this.media = options.media;
    this.ssrc = options.ssrc;
    this.rtxSsrc = options.rtxSsrc;
    this.#cname = options.cname;
    this.#send = options.send;
  }

  /** Begins with what a source has: its last key frame if that is fresh, else a request for one. */
  start(source: SourceStream, nowMs: number): void {
    if (this.media.kind === 'audio') return;
    const first = source.keyFrameStartSince(nowMs - freshKeyFrameMs);
    if (first === undefined) {
      source.keyFrames.want(nowMs);
      return;
    }
    for (let number = first; number <= (source.highestNumber ?? first); number += 1) {
      const packet = source.history.get(number);
      if (packet) this.forward(source, packet, number, nowMs);
    }
  }

  /** Waits for a key frame before it goes on, because packets were left out. */
  restart(): void {
    this.#segment = undefined;
  }

  /** Passes on one packet. A video waits for the start of a key frame whenever its source changes. */
  forward(source: SourceStream, packet: RtpPacket, extendedNumber: number, nowMs: number): void {
    if (source.media.codec !== this.media.codec) return;
    let segment = this.#segment;
    if (!segment || segment.source !== source || segment.epoch !== source.epoch) {
      if (!source.media.codec.startsKeyFrame(packet.buffer, packet.payloadStart, packet.payloadEnd)) {
        source.keyFrames.want(nowMs);
        return;
      }
      segment = this.#beginSegment(source, packet, extendedNumber, nowMs);
    }
    if (extendedNumber < segment.firstNumber) return;

    const isRed = packet.payloadType === source.media.redPayloadType;
    const readable = isRed ? adaptRed(packet, source.media.payloadType, this.media) : packet;
    if (!readable) return;
    const number = extendedNumber + segment.numberOffset;
    const timestamp = (packet.timestamp + segment.timestampOffset) >>> 0;
    const header = {
      payloadType: this.#payloadType(isRed),
      sequenceNumber: wireSequenceNumber(number),
      timestamp,
      ssrc: this.ssrc,
    };
    if (!this.#send(writeForwardedPacket(readable, header, segment.extensions, nowMs))) return;
    this.#flow.count(readable.payloadEnd - readable.payloadStart);
    if (extendedNumber === source.keyFrameNumber) this.#flow.keyFrames += 1;
    this.#lastSentMs = nowMs;
    if (number > this.#highestNumber) {
      this.#highestNumber = number;
      this.#lastTimestamp = timestamp;
    }
  }

  /** Sends these packets again, as RTX where the viewer knows it, and those that are too old not at all. */
  repair(sequenceNumbers: readonly number[], nowMs: number): void {
    const segment = this.#segment;
    if (!segment) return;
    for (const sequenceNumber of sequenceNumbers) {
      const number = extendSequenceNumber(sequenceNumber, this.#highestNumber);
      const sourceNumber = number - segment.numberOffset;
      if (sourceNumber < segment.firstNumber || segment.epoch !== segment.source.epoch) continue;
      const packet = segment.source.history.get(sourceNumber);
      if (packet && this.#mayRepair(nowMs)) this.#resend(packet, number, segment, nowMs);
    }
  }

  /** Tells the viewer which wall clock time belongs to which timestamp, once the source has told us. */
  sendSenderReport(nowMs: number): void {
    const segment = this.#segment;
    const clock = segment?.source.clock;
    if (!segment || !clock) return;
    const reading = readSourceClock(clock, this.media.codec.clockRate, nowMs);
    const report = {
      ...reading,
      rtpTimestamp: (reading.rtpTimestamp + segment.timestampOffset) >>> 0,
      ssrc: this.ssrc,
      packetCount: this.#flow.packets >>> 0,
      octetCount: this.#flow.bytes >>> 0,
    };
    this.#sentReports.sent(report, nowMs);
    this.#send(buildSenderReport(report, this.#cname));
  }

  /** Takes what the viewer reports of this stream. */
  receiveReport(block: ReportBlock, nowMs: number): void {
    const roundTripMs = this.#sentReports.roundTripMs(block, nowMs) ?? this.#feedback.roundTripMs;
    this.#feedback = {
      lossRatio: block.fractionLost / 256,
      jitterMs: (block.jitter * 1_000) / this.media.codec.clockRate,
      ...(roundTripMs !== undefined && { roundTripMs }),
    };
  }

  /** How the media fare on their way to the viewer. */
  facts(): MediaFacts {
    const { packets, bytes, keyFrames, bitrateBps } = this.#flow;
    return { kind: this.media.kind, packets, bytes, keyFrames, bitrateBps, ...this.#feedback };
  }

  /** Measures the bitrate; call it every second or so. */
  measure(nowMs: number): void {
    this.#flow.measure(nowMs);
  }

  #beginSegment(source: SourceStream, packet: RtpPacket, extendedNumber: number, nowMs: number): Segment {
    const elapsedMs = this.#lastSentMs === undefined ? 0 : nowMs - this.#lastSentMs;
    const elapsedTicks = Math.max(1, Math.round((elapsedMs * this.media.codec.clockRate) / 1_000));
    const segment: Segment = {
      source,
      epoch: source.epoch,
      firstNumber: extendedNumber,
      numberOffset: this.#highestNumber + 1 - extendedNumber,
      timestampOffset: this.#lastTimestamp + elapsedTicks - packet.timestamp,
      extensions: {
        mid: this.media.mid,
        publisherIds: source.media.extensionIds,
        viewerIds: this.media.extensionIds,
      },
    };
    this.#segment = segment;
    this.sendSenderReport(nowMs);
    return segment;
  }

  #resend(packet: RtpPacket, number: number, segment: Segment, nowMs: number): void {
    const sequenceNumber = wireSequenceNumber(number);
    const timestamp = (packet.timestamp + segment.timestampOffset) >>> 0;
    const { media } = segment.source;
    const isRed = packet.payloadType === media.redPayloadType;
    const readable = isRed ? adaptRed(packet, media.payloadType, this.media) : packet;
    if (!readable) return;
    const payloadType = this.#payloadType(isRed);
    const { rtxPayloadType } = this.media;
    // RTX stands for the codec itself, so that redundant audio cannot go in it.
    if (rtxPayloadType === undefined || payloadType !== this.media.payloadType) {
      const header = { payloadType, sequenceNumber, timestamp, ssrc: this.ssrc };
      this.#send(writeForwardedPacket(readable, header, segment.extensions, nowMs));
      return;
    }
    this.#rtxNumber += 1;
    const header = {
      payloadType: rtxPayloadType,
      sequenceNumber: wireSequenceNumber(this.#rtxNumber),
      timestamp,
      ssrc: this.rtxSsrc,
      originalSequenceNumber: sequenceNumber,
    };
    this.#send(writeForwardedPacket(readable, header, segment.extensions, nowMs));
  }

  #payloadType(isRed: boolean): number {
    const { payloadType, redPayloadType } = this.media;
    return isRed ? (redPayloadType ?? payloadType) : payloadType;
  }

  #mayRepair(nowMs: number): boolean {
    if (nowMs - this.#repairs.sinceMs >= 1_000) this.#repairs = { sinceMs: nowMs, count: 0 };
    this.#repairs.count += 1;
    return this.#repairs.count <= maxRepairsPerSecond;
  }
}
