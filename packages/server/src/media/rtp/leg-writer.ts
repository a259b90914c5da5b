import { randomInt } from 'node:crypto';
import type { AcceptedMedia } from '../accepted-media.ts';
import { writeForwardedPacket, writePaddingPacket } from './forwarded-packet.ts';
import type { ForwardedHeader } from './forwarded-packet.ts';
import type { FrameNumbers } from './frame-numbers.ts';
import { historySizes } from './history-sizes.ts';
import { adaptRed } from './red.ts';
import type { RtpPacket } from './rtp-packet.ts';
import type { Segment } from './segment.ts';
import { SentPackets } from './sent-packets.ts';
import { extendSequenceNumber, wireSequenceNumber } from './sequence-number.ts';

/** Hands an RTP packet on, to be stamped when it leaves; false when it will not leave. The packet is valid during the call only. */
export type SendRtp = (packet: Buffer, nowMs: number) => boolean;

/** How one viewer knows one stream. */
export interface LegWriterOptions {
  /** What this viewer accepted. */
  readonly media: AcceptedMedia;
  readonly ssrc: number;
  readonly rtxSsrc: number;
  readonly frameNumbers: FrameNumbers | undefined;
  readonly send: SendRtp;
}

type MutableHeader = { -readonly [Field in keyof ForwardedHeader]: ForwardedHeader[Field] };

/** A viewer that asks for more repairs than this in a second has a link that repairs only make worse. */
const maxRepairsPerSecond = 1_000;
/** Packets that are repeated to find out what a link carries. */
const repeatedForFilling = 32;
const mostPaddingBytes = 255;

/** Writes the packets of one stream as one viewer sees them, and writes them again when the viewer lost them. */
export class LegWriter {
  readonly #options: LegWriterOptions;
  readonly #sent: SentPackets;
  /** Filled in for each packet, since there are very many. */
  readonly #header: MutableHeader;
  #highestNumber = Number.NEGATIVE_INFINITY;
  #rtxNumber = randomInt(0x8000);
  /** Nothing before this number is worth a repair. */
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

  /** The packet as this viewer can read it; undefined when it cannot. */
  readable(packet: RtpPacket, published: AcceptedMedia): RtpPacket | undefined {
    return packet.payloadType === published.redPayloadType
      ? adaptRed(packet, published.payloadType, this.#options.media)
      : packet;
  }

  /** Sends a packet that is {@link readable} under `number`; says whether that worked. */
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

  /** Sends an empty packet in place of one that is left out after its number was given away: the viewer need not wait for it. */
  writeEmpty(packet: RtpPacket, segment: Segment, number: number, nowMs: number): void {
    this.#name(packet, segment, number);
    this.#options.send(writePaddingPacket(this.#header, this.#options.media.extensionIds, 1), nowMs);
  }

  /** Sends these packets again, as RTX where the viewer knows it, and those that are too old not at all. */
  repair(sequenceNumbers: readonly number[], nowMs: number): void {
    for (const sequenceNumber of sequenceNumbers) {
      if (!this.#mayRepair(nowMs)) return;
      this.#repeat(extendSequenceNumber(sequenceNumber, this.#highestNumber), nowMs);
    }
  }

  /**
   * Sends something that the viewer has no use for, as RTX: a late packet once more, or padding when none is left. Says
   * whether that worked.
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
    return this.#options.send(writePaddingPacket(header, media.extensionIds, mostPaddingBytes), nowMs);
  }

  /** Repairs nothing of what was sent until now. */
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
    // RTX stands for the codec itself, so that redundant audio cannot go in it.
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
