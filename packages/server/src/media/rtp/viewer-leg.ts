import { randomInt } from 'node:crypto';
import type { AcceptedMedia } from '../accepted-media.ts';
import type { MediaFacts } from '../media-router.ts';
import { buildSenderReport } from './build-rtcp.ts';
import { writeForwardedPacket, writePaddingPacket } from './forwarded-packet.ts';
import type { ForwardedHeader } from './forwarded-packet.ts';
import { droppedFrame, unnumberedFrame } from './frame-numbers.ts';
import type { FrameNumbers } from './frame-numbers.ts';
import { historySizes } from './history-sizes.ts';
import { LegFacts } from './leg-facts.ts';
import { OutputNumbers } from './output-numbers.ts';
import { adaptRed } from './red.ts';
import type { ReportBlock } from './rtcp.ts';
import type { RtpPacket } from './rtp-packet.ts';
import { continueTimestamps } from './segment.ts';
import type { Segment } from './segment.ts';
import { readSourceClock } from './sender-clock.ts';
import { SentPackets } from './sent-packets.ts';
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

type MutableHeader = { -readonly [Field in keyof ForwardedHeader]: ForwardedHeader[Field] };

/** A viewer that asks for more repairs than this in a second has a link that repairs only make worse. */
const maxRepairsPerSecond = 1_000;
/** A key frame younger than this is sent again to a new viewer, who then need not wait for the next. */
const freshKeyFrameMs = 500;
/** A layer that is silent for longer is not worth waiting on. */
const aliveMs = 500;
/** A key frame that is not complete by then will not be: another is asked for. */
const maxKeyFrameMs = 1_000;

/** Rewrites one source stream for one viewer, without a seam when the source changes, and repairs the viewer's losses. */
export class ViewerLeg {
  readonly media: AcceptedMedia;
  readonly ssrc: number;
  readonly rtxSsrc: number;
  readonly #cname: string;
  readonly #send: ViewerLegOptions['send'];
  readonly #frameNumbers: FrameNumbers | undefined;
  readonly #sent: SentPackets;
  /** Filled in for each packet, since there are very many. */
  readonly #header: MutableHeader;
  #target: SourceStream | undefined;
  #targetSinceMs = Number.NEGATIVE_INFINITY;
  #segment: Segment | undefined;
  #former: Segment | undefined;
  #highestNumber = randomInt(0x8000);
  #lastTimestamp = randomInt(0x8000_0000);
  #lastSentMs: number | undefined;
  #rtxNumber = randomInt(0x8000);
  /** Nothing before this number is worth a repair. */
  #repairFrom = 0;
  readonly #facts = new LegFacts();
  #repairs = { sinceMs: 0, count: 0 };

  constructor(options: ViewerLegOptions) {
    this.media = options.media;
    this.ssrc = options.ssrc;
    this.rtxSsrc = options.rtxSsrc;
    this.#cname = options.cname;
    this.#send = options.send;
    this.#sent = new SentPackets(historySizes[options.media.kind]);
    this.#frameNumbers = options.media.codec.createFrameNumbers?.();
    this.#header = {
      payloadType: options.media.payloadType,
      sequenceNumber: 0,
      timestamp: 0,
      ssrc: options.ssrc,
      originalSequenceNumber: undefined,
    };
  }

  /** What is sent now; undefined while the leg waits for a key frame. */
  get current(): SourceStream | undefined {
    return this.#segment?.source;
  }

  /** What is to be sent from its next key frame on. */
  get target(): SourceStream | undefined {
    return this.#target;
  }

  /** Leaves out frames of higher temporal layers than this, where the codec has some. */
  limitTemporalId(maxTemporalId: number): void {
    if (this.#frameNumbers) this.#frameNumbers.maxTemporalId = maxTemporalId;
  }

  /** Begins with what a source has: its last key frame if that is fresh, else a request for one. */
  start(source: SourceStream, nowMs: number): void {
    if (this.media.kind === 'audio') return;
    this.#target = source;
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

  /** Changes over to another source at its next key frame; what is sent now goes on until then. */
  switchTo(source: SourceStream, nowMs: number): void {
    if (this.#target === source) return;
    this.#target = source;
    this.#targetSinceMs = nowMs;
    if (this.#segment?.source !== source) source.keyFrames.want(nowMs);
  }

  /** Waits for a key frame before it goes on, because packets were left out. */
  restart(): void {
    this.#former = this.#segment ?? this.#former;
    this.#segment = undefined;
  }

  /** Sends nothing more of the source of now, not even repairs: the link is full, and whatever else goes there must get through. */
  abandon(): void {
    this.restart();
    this.#repairFrom = this.#highestNumber + 1;
  }

  /** Passes on one packet. A video waits for the start of a key frame whenever its source changes. */
  forward(source: SourceStream, packet: RtpPacket, extendedNumber: number, nowMs: number): void {
    let segment = this.#segment;
    if (segment?.source !== source || segment.epoch !== source.epoch) {
      if (this.#target && this.#target !== source) return;
      if (source.media.codec !== this.media.codec) return;
      if (segment && this.#target && nowMs - segment.source.lastPacketMs < aliveMs) {
        this.#takeOver(source, packet, extendedNumber, nowMs);
        return;
      }
      if (!source.media.codec.startsKeyFrame(packet.buffer, packet.payloadStart, packet.payloadEnd)) {
        source.keyFrames.want(nowMs);
        return;
      }
      segment = this.#beginSegment(source, packet, extendedNumber, nowMs);
    }
    this.#pass(segment, packet, extendedNumber, nowMs);
  }

  /** Sends these packets again, as RTX where the viewer knows it, and those that are too old not at all. */
  repair(sequenceNumbers: readonly number[], nowMs: number): void {
    for (const sequenceNumber of sequenceNumbers) {
      if (!this.#mayRepair(nowMs)) return;
      this.#resend(extendSequenceNumber(sequenceNumber, this.#highestNumber), nowMs);
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
      packetCount: this.#facts.flow.packets >>> 0,
      octetCount: this.#facts.flow.bytes >>> 0,
    };
    this.#facts.reportSent(report, nowMs);
    this.#send(buildSenderReport(report, this.#cname));
  }

  /** Takes what the viewer reports of this stream. */
  receiveReport(block: ReportBlock, nowMs: number): void {
    this.#facts.reportHeard(block, this.media.codec.clockRate, nowMs);
  }

  /** How the media fare on their way to the viewer. */
  facts(): MediaFacts {
    const { current } = this;
    return this.#facts.of(this.media.kind, current?.media.rids?.[current.layer]);
  }

  /** Measures the bitrate; call it every second or so. */
  measure(nowMs: number): void {
    this.#facts.flow.measure(nowMs);
  }

  /** Changes over once the key frame is there as a whole: a large one takes a while, and what is sent now goes on meanwhile. */
  #takeOver(source: SourceStream, packet: RtpPacket, extendedNumber: number, nowMs: number): void {
    const first = source.keyFrameStartSince(Math.max(this.#targetSinceMs, nowMs - maxKeyFrameMs));
    if (first === undefined) {
      source.keyFrames.want(nowMs);
      return;
    }
    for (let number = first; number <= extendedNumber; number += 1) {
      if (!source.history.has(number)) return;
    }
    const start = source.history.get(first);
    // Whole at its marker, or when the next frame has begun.
    if (!start || (!packet.marker && packet.timestamp === start.timestamp)) return;
    const segment = this.#beginSegment(source, start, first, nowMs);
    for (let number = first; number <= extendedNumber; number += 1) {
      const next = source.history.get(number);
      if (next) this.#pass(segment, next, number, nowMs);
    }
  }

  /** Sends one packet of the segment under the numbers that the viewer sees. */
  #pass(segment: Segment, arrived: RtpPacket, extendedNumber: number, nowMs: number): void {
    const packet = this.#readable(arrived, segment.source);
    if (!packet) {
      segment.numbers.drop(extendedNumber);
      return;
    }
    const mark = this.#frameNumbers
      ? this.#frameNumbers.mark(packet.buffer, packet.payloadStart, packet.payloadEnd)
      : unnumberedFrame;
    const isDropped = mark === droppedFrame;
    if (isDropped && segment.numbers.drop(extendedNumber)) return;
    const number = segment.numbers.take(extendedNumber);
    if (number === undefined) return;

    const header = this.#header;
    header.sequenceNumber = wireSequenceNumber(number);
    header.timestamp = (packet.timestamp + segment.timestampOffset) >>> 0;
    const timestamp = header.timestamp;
    if (isDropped) {
      // It came late, so that its number is missing: an empty packet tells the viewer not to wait for it.
      this.#send(writePaddingPacket(header));
      return;
    }
    if (!this.#write(packet, segment, mark, nowMs)) return;
    this.#sent.add(number, segment, extendedNumber, mark);
    this.#facts.flow.count(packet.payloadEnd - packet.payloadStart);
    if (extendedNumber === segment.source.keyFrameNumber) this.#facts.flow.keyFrames += 1;
    this.#lastSentMs = nowMs;
    if (number > this.#highestNumber) {
      this.#highestNumber = number;
      this.#lastTimestamp = timestamp;
    }
  }

  #beginSegment(source: SourceStream, packet: RtpPacket, extendedNumber: number, nowMs: number): Segment {
    const { clockRate } = this.media.codec;
    const elapsedMs = this.#lastSentMs === undefined ? 0 : nowMs - this.#lastSentMs;
    const segment: Segment = {
      source,
      epoch: source.epoch,
      numbers: new OutputNumbers(extendedNumber, this.#highestNumber + 1),
      ...continueTimestamps(source, packet.timestamp, {
        last: this.#lastTimestamp,
        elapsedTicks: Math.round((elapsedMs * clockRate) / 1_000),
        clockRate,
        former: this.#segment ?? this.#former,
      }),
      extensions: {
        mid: Buffer.from(this.media.mid),
        publisherIds: source.media.extensionIds,
        viewerIds: this.media.extensionIds,
      },
    };
    this.#frameNumbers?.begin();
    this.#segment = segment;
    this.sendSenderReport(nowMs);
    return segment;
  }

  #resend(number: number, nowMs: number): void {
    const segment = number < this.#repairFrom ? undefined : this.#sent.segmentOf(number);
    if (!segment || segment.epoch !== segment.source.epoch) return;
    const arrived = segment.source.history.get(this.#sent.sourceNumberOf(number));
    const packet = arrived && this.#readable(arrived, segment.source);
    if (!packet) return;
    const header = this.#header;
    const { payloadType } = header;
    // RTX stands for the codec itself, so that redundant audio cannot go in it.
    const rtxPayloadType = payloadType === this.media.payloadType ? this.media.rtxPayloadType : undefined;
    header.timestamp = (packet.timestamp + segment.timestampOffset) >>> 0;
    header.sequenceNumber = wireSequenceNumber(number);
    if (rtxPayloadType !== undefined) {
      this.#rtxNumber += 1;
      header.payloadType = rtxPayloadType;
      header.ssrc = this.rtxSsrc;
      header.originalSequenceNumber = header.sequenceNumber;
      header.sequenceNumber = wireSequenceNumber(this.#rtxNumber);
    }
    this.#write(packet, segment, this.#sent.markOf(number), nowMs);
    header.payloadType = payloadType;
    header.ssrc = this.ssrc;
    header.originalSequenceNumber = undefined;
  }

  /** The packet as this viewer can read it, whose payload type goes into the header; undefined when it cannot. */
  #readable(packet: RtpPacket, { media }: SourceStream): RtpPacket | undefined {
    const isRed = packet.payloadType === media.redPayloadType;
    const { payloadType, redPayloadType } = this.media;
    this.#header.payloadType = isRed ? (redPayloadType ?? payloadType) : payloadType;
    return isRed ? adaptRed(packet, media.payloadType, this.media) : packet;
  }

  /** Sends the packet under the header that was filled in; says whether that worked. */
  #write(packet: RtpPacket, segment: Segment, mark: number, nowMs: number): boolean {
    const out = writeForwardedPacket(packet, this.#header, segment.extensions, nowMs);
    if (mark >= 0) {
      this.#frameNumbers?.write(
        out,
        out.length - (packet.payloadEnd - packet.payloadStart),
        out.length,
        mark,
      );
    }
    return this.#send(out);
  }

  #mayRepair(nowMs: number): boolean {
    if (nowMs - this.#repairs.sinceMs >= 1_000) this.#repairs = { sinceMs: nowMs, count: 0 };
    this.#repairs.count += 1;
    return this.#repairs.count <= maxRepairsPerSecond;
  }
}
