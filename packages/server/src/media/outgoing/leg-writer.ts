import { randomInt } from 'node:crypto';
import type { AcceptedMedia } from '../accepted-media.ts';
import type { FrameNumbers } from '../codecs/frame-numbers.ts';
import { historySizes } from '../incoming/packet-history.ts';
import { writeForwardedPacket, writePaddingPacket, type ForwardedHeader } from '../wire/forwarded-packet.ts';
import { adaptRed } from '../wire/red.ts';
import type { RtpPacket } from '../wire/rtp-packet.ts';
import { extendSequenceNumber, wireSequenceNumber } from '../wire/sequence-number.ts';
import type { Segment } from './segment.ts';
import { SentPackets } from './sent-packets.ts';

/**
 * Passes on an RTP packet, to be stamped when it leaves; false if it will not be sent. The packet is valid during the
 * call only.
 */
export type SendRtp = (packet: Buffer, nowMs: number) => boolean;

/** How one viewer identifies one stream. */
export interface LegWriterOptions {
  /** The media that this viewer accepted. */
  readonly media: AcceptedMedia;
  readonly ssrc: number;
  readonly rtxSsrc: number;
  readonly frameNumbers: FrameNumbers | undefined;
  readonly send: SendRtp;
}

type MutableHeader = { -readonly [Field in keyof ForwardedHeader]: ForwardedHeader[Field] };

/** A viewer that requests more repairs per second than this has a link that repairs only make worse. */
const maxRepairsPerSecond = 1_000;
/** Number of recent packets to repeat when probing a link's capacity. */
const repeatedForFilling = 32;
const maxPaddingBytes = 255;

/** Writes the packets of one stream as one viewer sees them, and repeats those that the viewer lost. */
export class LegWriter {
  readonly #options: LegWriterOptions;
  readonly #sent: SentPackets;
  /** Reused for each packet, because there are very many. */
  readonly #header: MutableHeader;
  #highestNumber = Number.NEGATIVE_INFINITY;
  #rtxNumber = randomInt(0x8000);
  /** Packets before this number are not repaired. */
  #repairFrom = Number.NEGATIVE_INFINITY;
  #fillers = 0;
  #repairs = { sinceMs: 0, count: 0 };

  constructor(options: LegWriterOptions) {
    this.#options = options;
    this.#sent = new SentPackets(historySizes[options.media.kind]);
    this.#header = {
      payloadType: options.media.payloadType,
      sequenceNumber: 0,
      timestamp: 0,
      ssrc: options.ssrc,
      originalSequenceNumber: undefined,
    };
  }

  /** The packet in a form that this viewer can decode; undefined if there is none. */
  readable(packet: RtpPacket, published: AcceptedMedia): RtpPacket | undefined {
    return packet.payloadType === published.redPayloadType
      ? adaptRed(packet, published.payloadType, this.#options.media)
      : packet;
  }

  /** Sends a {@link readable} packet under `number`; returns whether it was sent. */
  write(
    packet: RtpPacket,
    segment: Segment,
    number: number,
    sourceNumber: number,
    mark: number,
    nowMs: number,
  ): boolean {
    this.#name(packet, segment, number);
    if (!this.#write(packet, segment, mark, nowMs)) return false;
    this.#sent.add(number, segment, sourceNumber, mark);
    if (number > this.#highestNumber) this.#highestNumber = number;
    return true;
  }

  /**
   * Sends an empty packet in place of one that was dropped after its number was assigned, so that the viewer does not
   * wait for it.
   */
  writeEmpty(packet: RtpPacket, segment: Segment, number: number, nowMs: number): void {
    this.#name(packet, segment, number);
    this.#options.send(writePaddingPacket(this.#header, this.#options.media.extensionIds, 1), nowMs);
  }

  /** Repeats these packets, as RTX if the viewer supports it. Skips those that are too old. */
  repair(sequenceNumbers: readonly number[], nowMs: number): void {
    for (const sequenceNumber of sequenceNumbers) {
      if (!this.#mayRepair(nowMs)) return;
      this.#repeat(extendSequenceNumber(sequenceNumber, this.#highestNumber), nowMs);
    }
  }

  /**
   * Sends a packet that is useless to the viewer, as RTX: a recent packet again, or padding if there is none. Returns
   * whether it was sent.
   */
  writeFiller(nowMs: number): boolean {
    const { media, rtxSsrc } = this.#options;
    if (media.rtxPayloadType === undefined) return false;
    this.#fillers = (this.#fillers + 1) % repeatedForFilling;
    if (this.#repeat(this.#highestNumber - this.#fillers, nowMs)) return true;
    this.#rtxNumber += 1;
    const header = {
      payloadType: media.rtxPayloadType,
      sequenceNumber: wireSequenceNumber(this.#rtxNumber),
      timestamp: this.#header.timestamp,
      ssrc: rtxSsrc,
    };
    return this.#options.send(writePaddingPacket(header, media.extensionIds, maxPaddingBytes), nowMs);
  }

  /** Stops repairing anything sent until now. */
  abandon(): void {
    this.#repairFrom = this.#highestNumber + 1;
  }

  #repeat(number: number, nowMs: number): boolean {
    const segment = number < this.#repairFrom ? undefined : this.#sent.segmentOf(number);
    if (!segment || segment.epoch !== segment.source.epoch) return false;
    const arrived = segment.source.history.get(this.#sent.sourceNumberOf(number));
    const packet = arrived && this.readable(arrived, segment.source.media);
    if (!packet) return false;
    this.#name(packet, segment, number);
    const header = this.#header;
    const { media, ssrc, rtxSsrc } = this.#options;
    // RTX covers the codec itself, so redundant audio cannot use it.
    if (media.rtxPayloadType !== undefined && header.payloadType === media.payloadType) {
      this.#rtxNumber += 1;
      header.payloadType = media.rtxPayloadType;
      header.ssrc = rtxSsrc;
      header.originalSequenceNumber = header.sequenceNumber;
      header.sequenceNumber = wireSequenceNumber(this.#rtxNumber);
    }
    const isSent = this.#write(packet, segment, this.#sent.markOf(number), nowMs);
    header.ssrc = ssrc;
    header.originalSequenceNumber = undefined;
    return isSent;
  }

  #name(packet: RtpPacket, segment: Segment, number: number): void {
    const { payloadType, redPayloadType } = this.#options.media;
    const isRed = packet.payloadType === segment.source.media.redPayloadType;
    this.#header.payloadType = isRed ? (redPayloadType ?? payloadType) : payloadType;
    this.#header.sequenceNumber = wireSequenceNumber(number);
    this.#header.timestamp = (packet.timestamp + segment.timestampOffset) >>> 0;
  }

  #write(packet: RtpPacket, segment: Segment, mark: number, nowMs: number): boolean {
    const out = writeForwardedPacket(packet, this.#header, segment.extensions);
    if (mark >= 0) {
      const payloadBytes = packet.payloadEnd - packet.payloadStart;
      this.#options.frameNumbers?.write(out, out.length - payloadBytes, out.length, mark);
    }
    return this.#options.send(out, nowMs);
  }

  #mayRepair(nowMs: number): boolean {
    if (nowMs - this.#repairs.sinceMs >= 1_000) this.#repairs = { sinceMs: nowMs, count: 0 };
    this.#repairs.count += 1;
    return this.#repairs.count <= maxRepairsPerSecond;
  }
}
