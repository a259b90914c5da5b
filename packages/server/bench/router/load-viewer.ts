import { ArrivalTimes } from '../../src/media/incoming/arrival-times.ts';
import { loopTurn } from '../../src/media/incoming/loop-turn.ts';
import { TransportFeedback } from '../../src/media/incoming/transport-feedback.ts';
import { buildNack, buildReceiverReport } from '../../src/media/wire/build-rtcp.ts';
import {
  isRtcp,
  parseRtpPacket,
  readExtensionNumber,
  type RtpPacket,
} from '../../src/media/wire/rtp-packet.ts';
import type { LoadPeer } from './load-peer.ts';

/** Payload types and header extension ids that a viewer receives. */
export interface ViewedFormat {
  readonly videoPayloadType: number;
  readonly rtxPayloadType: number | undefined;
  readonly audioPayloadType: number;
  /** Absent if no one needs arrival times. */
  readonly transportCcId: number | undefined;
  readonly absSendTimeId: number | undefined;
}

const seenWindow = 4_096;
const reportIntervalMs = 1_000;
/** Chromium's initial value. */
const feedbackIntervalMs = 100;
const sendTimeTicksPerMs = 2 ** 18 / 1_000;
const ownSsrc = 1;

interface Incoming {
  highest: number;
  readonly seen: Uint8Array;
  readonly missing: Map<number, number>;
  received: number;
}

/**
 * Counts every received packet, drops some on purpose, requests those again, and reports: once a second in general,
 * and ten times a second when each packet arrived.
 */
export class LoadViewer {
  readonly #peer: LoadPeer;
  readonly #format: ViewedFormat;
  readonly #lossRatio: number;
  readonly #random: () => number;
  readonly #streams = new Map<number, Incoming>();
  readonly #feedback = new TransportFeedback(ownSsrc);
  readonly #arrivals = new ArrivalTimes((number, arrivedMs) => this.#feedback.record(number, arrivedMs));
  #videoSsrc = 0;
  #nextReportMs: number;
  #nextFeedbackMs: number;
  /** Media packets that arrived, each counted once, including repaired ones. */
  packets = 0;
  repaired = 0;

  constructor(
    peer: LoadPeer,
    format: ViewedFormat,
    options: { readonly lossRatio: number; readonly random: () => number },
  ) {
    this.#peer = peer;
    this.#format = format;
    this.#lossRatio = options.lossRatio;
    this.#random = options.random;
    const nowMs = performance.now();
    this.#nextReportMs = nowMs + options.random() * reportIntervalMs;
    this.#nextFeedbackMs = nowMs + options.random() * feedbackIntervalMs;
    peer.onPacket = (packet) => this.#receive(packet);
  }

  /** Packets that never arrived although requested, among those old enough to judge. */
  get missing(): number {
    let count = 0;
    for (const { missing } of this.#streams.values()) count += missing.size;
    return count;
  }

  /** Sends what is due. */
  tick(nowMs: number): void {
    for (const [ssrc, { missing }] of this.#streams) {
      const due: number[] = [];
      for (const [number, askedMs] of missing) {
        if (nowMs - askedMs < 100) continue;
        missing.set(number, nowMs);
        due.push(number & 0xffff);
      }
      if (due.length > 0 && ssrc === this.#videoSsrc) this.#peer.send(buildNack(ownSsrc, ssrc, due));
    }
    if (this.#format.transportCcId !== undefined && this.#nextFeedbackMs <= nowMs) {
      this.#nextFeedbackMs = nowMs + feedbackIntervalMs;
      this.#arrivals.flush();
      for (const message of this.#feedback.takeMessages(this.#videoSsrc, nowMs)) this.#peer.send(message);
    }
    if (this.#nextReportMs > nowMs) return;
    this.#nextReportMs = nowMs + reportIntervalMs;
    const blocks = [...this.#streams].map(([ssrc, { highest }]) => ({
      ssrc,
      fractionLost: Math.round(this.#lossRatio * 256),
      packetsLost: 0,
      highestSequenceNumber: highest,
      jitter: 0,
      lastSenderReport: 0,
      delaySinceLastSenderReport: 0,
    }));
    if (blocks.length > 0) this.#peer.send(buildReceiverReport(ownSsrc, blocks));
  }

  #receive(buffer: Buffer): void {
    if (isRtcp(buffer) || (this.#lossRatio > 0 && this.#random() < this.#lossRatio)) return;
    const packet = parseRtpPacket(buffer);
    if (!packet) return;
    this.#recordArrival(packet);
    const { payloadType, ssrc, payloadStart } = packet;
    if (payloadType === this.#format.rtxPayloadType) {
      if (packet.payloadEnd >= payloadStart + 2) {
        this.#take(this.#videoSsrc, buffer.readUInt16BE(payloadStart), true);
      }
      return;
    }
    if (payloadType === this.#format.videoPayloadType) this.#videoSsrc = ssrc;
    else if (payloadType !== this.#format.audioPayloadType) return;
    this.#take(ssrc, packet.sequenceNumber, false);
  }

  #recordArrival(packet: RtpPacket): void {
    const { transportCcId, absSendTimeId } = this.#format;
    const number = transportCcId && readExtensionNumber(packet, transportCcId, 2);
    if (number === undefined) return;
    const ticks = absSendTimeId && readExtensionNumber(packet, absSendTimeId, 3);
    const sentMs = ticks === undefined ? undefined : ticks / sendTimeTicksPerMs;
    this.#arrivals.add(number, sentMs, performance.now(), loopTurn());
  }

  #take(ssrc: number, number: number, isRepair: boolean): void {
    let incoming = this.#streams.get(ssrc);
    if (!incoming) {
      if (isRepair) return;
      incoming = { highest: number - 1, seen: new Uint8Array(seenWindow), missing: new Map(), received: 0 };
      this.#streams.set(ssrc, incoming);
    }
    const extended = incoming.highest + (((number - incoming.highest) << 16) >> 16);
    if (extended > incoming.highest) {
      for (let gap = incoming.highest + 1; gap < extended; gap += 1) {
        incoming.seen[gap % seenWindow] = 0;
        if (ssrc === this.#videoSsrc) incoming.missing.set(gap, 0);
      }
      incoming.highest = extended;
    } else {
      if (incoming.seen[extended % seenWindow] === 1) return;
      incoming.missing.delete(extended);
      this.repaired += 1;
    }
    incoming.seen[extended % seenWindow] = 1;
    this.packets += 1;
  }
}
