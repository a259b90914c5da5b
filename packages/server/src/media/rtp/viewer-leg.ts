import { randomInt } from 'node:crypto';
import type { AcceptedMedia } from '../accepted-media.ts';
import type { MediaFacts } from '../media-router.ts';
import { buildSenderReport } from './build-rtcp.ts';
import { droppedFrame, unnumberedFrame } from './frame-numbers.ts';
import type { FrameNumbers } from './frame-numbers.ts';
import { LegFacts } from './leg-facts.ts';
import { LegWriter } from './leg-writer.ts';
import type { SendRtp } from './leg-writer.ts';
import { OutputNumbers } from './output-numbers.ts';
import type { ReportBlock } from './rtcp.ts';
import type { RtpPacket } from './rtp-packet.ts';
import { continueTimestamps } from './segment.ts';
import type { Segment } from './segment.ts';
import { readSourceClock } from './sender-clock.ts';
import type { SourceStream } from './source-stream.ts';

/** One kind of media on its way to one viewer. */
export interface ViewerLegOptions {
  /** What this viewer accepted. */
  readonly media: AcceptedMedia;
  readonly ssrc: number;
  readonly rtxSsrc: number;
  readonly cname: string;
  readonly sendRtp: SendRtp;
  readonly sendRtcp: (packet: Buffer) => void;
}

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
  readonly #sendRtcp: ViewerLegOptions['sendRtcp'];
  readonly #frameNumbers: FrameNumbers | undefined;
  readonly #writer: LegWriter;
  #target: SourceStream | undefined;
  #targetSinceMs = Number.NEGATIVE_INFINITY;
  #segment: Segment | undefined;
  #former: Segment | undefined;
  #highestNumber = randomInt(0x8000);
  #lastTimestamp = randomInt(0x8000_0000);
  #lastSentMs: number | undefined;
  readonly #facts = new LegFacts();

  constructor(options: ViewerLegOptions) {
    this.media = options.media;
    this.ssrc = options.ssrc;
    this.rtxSsrc = options.rtxSsrc;
    this.#cname = options.cname;
    this.#sendRtcp = options.sendRtcp;
    this.#frameNumbers = options.media.codec.createFrameNumbers?.();
    this.#writer = new LegWriter({ ...options, frameNumbers: this.#frameNumbers, send: options.sendRtp });
  }

  /** What is sent now; undefined while the leg waits for a key frame. */
  get current(): SourceStream | undefined {
    return this.#segment?.source;
  }

  /** What is to be sent from its next key frame on. */
  get target(): SourceStream | undefined {
    return this.#target;
  }

  /** Highest temporal layer that was seen; 0 where the codec marks none. */
  get highestTemporalId(): number {
    return this.#frameNumbers?.highestTemporalId ?? 0;
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
    this.#writer.abandon();
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

  /** Sends these packets again, as far as they are still there. */
  repair(sequenceNumbers: readonly number[], nowMs: number): void {
    this.#writer.repair(sequenceNumbers, nowMs);
  }

  /** Sends a packet that the viewer has no use for; says whether that worked. */
  sendFiller(nowMs: number): boolean {
    return this.#writer.writeFiller(nowMs);
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
    this.#sendRtcp(buildSenderReport(report, this.#cname));
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
    const packet = this.#writer.readable(arrived, segment.source.media);
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

    if (isDropped) {
      this.#writer.writeEmpty(packet, segment, number, nowMs);
      return;
    }
    if (!this.#writer.write(packet, segment, number, extendedNumber, mark, nowMs)) return;
    this.#facts.flow.count(packet.payloadEnd - packet.payloadStart);
    if (extendedNumber === segment.source.keyFrameNumber) this.#facts.flow.keyFrames += 1;
    this.#lastSentMs = nowMs;
    if (number > this.#highestNumber) {
      this.#highestNumber = number;
      this.#lastTimestamp = (packet.timestamp + segment.timestampOffset) >>> 0;
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
}
