import { randomInt } from 'node:crypto';
import type { AcceptedMedia } from '../accepted-media.ts';
import { droppedFrame, unnumberedFrame, type FrameNumbers } from '../codecs/frame-numbers.ts';
import { readSourceClock } from '../incoming/sender-clock.ts';
import type { SourceStream } from '../incoming/source-stream.ts';
import type { MediaFacts } from '../media-router.ts';
import { buildSenderReport } from '../wire/build-rtcp.ts';
import { readFrameNumber } from '../wire/dependency-descriptor.ts';
import type { ReportBlock } from '../wire/rtcp.ts';
import type { RtpPacket } from '../wire/rtp-packet.ts';
import { LegFacts } from './leg-facts.ts';
import { LegWriter, type SendRtp } from './leg-writer.ts';
import { OutputNumbers } from './output-numbers.ts';
import { continueTimestamps, type Segment } from './segment.ts';

/** One kind of media on its way to one viewer. */
export interface ViewerLegOptions {
  /** The media that this viewer accepted. */
  readonly media: AcceptedMedia;
  readonly ssrc: number;
  readonly rtxSsrc: number;
  readonly cname: string;
  readonly sendRtp: SendRtp;
  readonly sendRtcp: (packet: Buffer) => void;
}

/** A key frame younger than this is repeated for a new viewer, who then need not wait for the next. */
const freshKeyFrameMs = 500;
/** A layer that is silent for longer is not worth waiting for. */
const aliveMs = 500;
/** A key frame that is incomplete after this long never will be, so another is requested. */
const maxKeyFrameMs = 1_000;

/** Rewrites one source stream for one viewer, seamlessly when the source changes, and repairs the viewer's losses. */
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
  /** Of the last dependency descriptor that the viewer received; undefined without one. */
  #lastFrameNumber: number | undefined;
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

  /** The source sent now; undefined while the leg waits for a key frame. */
  get current(): SourceStream | undefined {
    return this.#segment?.source;
  }

  /** The source to send from its next key frame on. */
  get target(): SourceStream | undefined {
    return this.#target;
  }

  /** Highest temporal layer that arrived; 0 if the codec marks none. */
  get highestTemporalId(): number {
    return this.#frameNumbers?.highestTemporalId ?? 0;
  }

  /** Drops frames above this temporal layer, if the codec has such layers. */
  limitTemporalId(maxTemporalId: number): void {
    if (this.#frameNumbers) this.#frameNumbers.maxTemporalId = maxTemporalId;
  }

  /** Starts with a source's last key frame if that is fresh, otherwise requests one. */
  start(source: SourceStream, nowMs: number): void {
    if (this.media.kind === 'audio') return;
    this.#target = source;
    const first = source.keyFrameStartSince(nowMs - freshKeyFrameMs);
    if (first === undefined) {
      source.keyFrames.request(nowMs);
      return;
    }
    for (let number = first; number <= (source.highestNumber ?? first); number += 1) {
      const packet = source.history.get(number);
      if (packet) this.forward(source, packet, number, nowMs);
    }
  }

  /** Switches to another source at its next key frame; the current source continues until then. */
  switchTo(source: SourceStream, nowMs: number): void {
    if (this.#target === source) return;
    this.#target = source;
    this.#targetSinceMs = nowMs;
    if (this.#segment?.source !== source) source.keyFrames.request(nowMs);
  }

  /** Waits for a key frame before continuing, because packets were skipped. */
  restart(): void {
    this.#former = this.#segment ?? this.#former;
    this.#segment = undefined;
  }

  /**
   * Stops sending the current source, including repairs: the link is full, and everything else on it must get through.
   */
  abandon(): void {
    this.restart();
    this.#writer.abandon();
  }

  /** Forwards one packet. Video waits for the start of a key frame whenever its source changes. */
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
        source.keyFrames.request(nowMs);
        return;
      }
      segment = this.#beginSegment(source, packet, extendedNumber, nowMs);
    }
    this.#pass(segment, packet, extendedNumber, nowMs);
  }

  /** Repeats these packets if they are still stored. */
  repair(sequenceNumbers: readonly number[], nowMs: number): void {
    this.#writer.repair(sequenceNumbers, nowMs);
  }

  /** Sends a packet that is useless to the viewer; returns whether it was sent. */
  sendFiller(nowMs: number): boolean {
    return this.#writer.writeFiller(nowMs);
  }

  /** Sends the viewer the wall-clock time of its timestamps, once the source has reported its own. */
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

  /** Takes the viewer's report on this stream. */
  receiveReport(block: ReportBlock, nowMs: number): void {
    this.#facts.receiveReport(block, this.media.codec.clockRate, nowMs);
  }

  /** Statistics of the media on their way to the viewer. */
  facts(): MediaFacts {
    const { current } = this;
    return this.#facts.of(this.media.kind, current?.media.rids?.[current.layer]);
  }

  /** Measures the bitrate; call it every second or so. */
  measure(nowMs: number): void {
    this.#facts.flow.measure(nowMs);
  }

  /**
   * Switches once the key frame is complete: a large one takes a while, and the current source continues until then.
   */
  #takeOver(source: SourceStream, packet: RtpPacket, extendedNumber: number, nowMs: number): void {
    const first = source.keyFrameStartSince(Math.max(this.#targetSinceMs, nowMs - maxKeyFrameMs));
    if (first === undefined) {
      source.keyFrames.request(nowMs);
      return;
    }
    for (let number = first; number <= extendedNumber; number += 1) {
      if (!source.history.has(number)) return;
    }
    const start = source.history.get(first);
    // Complete at its marker, or when the next frame starts.
    if (!start || (!packet.marker && packet.timestamp === start.timestamp)) return;
    const segment = this.#beginSegment(source, start, first, nowMs);
    for (let number = first; number <= extendedNumber; number += 1) {
      const next = source.history.get(number);
      if (next) this.#pass(segment, next, number, nowMs);
    }
  }

  /** Sends one packet of the segment with the numbers that the viewer sees. */
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
      const frameNumber = this.#frameNumberOf(packet, segment.source);
      if (frameNumber !== undefined) {
        this.#lastFrameNumber = frameNumber + (segment.extensions.frameOffset ?? 0);
      }
    }
  }

  /** A decoder drops frames whose numbers are lower than those before, as after a restart of the publisher. */
  #frameOffset(first: RtpPacket, source: SourceStream): number {
    const frameNumber = this.#frameNumberOf(first, source);
    if (frameNumber === undefined || this.#lastFrameNumber === undefined) return 0;
    return this.#lastFrameNumber + 1 - frameNumber;
  }

  #frameNumberOf(packet: RtpPacket, source: SourceStream): number | undefined {
    if (this.media.extensionIds['dependency-descriptor'] === undefined) return undefined;
    return readFrameNumber(packet, source.media.extensionIds['dependency-descriptor']);
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
        frameOffset: this.#frameOffset(packet, source),
      },
    };
    this.#frameNumbers?.begin();
    this.#segment = segment;
    this.sendSenderReport(nowMs);
    return segment;
  }
}
