import { buildNack, buildReceiverReport } from '../../src/media/rtp/build-rtcp.ts';
import { isRtcp } from '../../src/media/rtp/rtp-packet.ts';
import type { LoadPeer } from './load-peer.ts';

/** Payload types of what a viewer gets. */
export interface ViewedFormat {
  readonly videoPayloadType: number;
  readonly rtxPayloadType: number | undefined;
  readonly audioPayloadType: number;
}

const seenWindow = 4_096;

interface Incoming {
  highest: number;
  readonly seen: Uint8Array;
  readonly missing: Map<number, number>;
  received: number;
}

/** Counts every packet that it gets, loses some on purpose, asks for those again, and reports once a second. */
export class LoadViewer {
  readonly #peer: LoadPeer;
  readonly #format: ViewedFormat;
  readonly #lossRatio: number;
  readonly #random: () => number;
  readonly #streams = new Map<number, Incoming>();
  #videoSsrc = 0;
  #nextReportMs: number;
  /** Media packets that arrived, each once, repaired ones included. */
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
    this.#nextReportMs = performance.now() + options.random() * 1_000;
    peer.onPacket = (packet) => this.#receive(packet);
  }

  /** Packets that never came although they were asked for, among those old enough to judge. */
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
      if (due.length > 0 && ssrc === this.#videoSsrc) this.#peer.send(buildNack(1, ssrc, due));
    }
    if (this.#nextReportMs > nowMs) return;
    this.#nextReportMs = nowMs + 1_000;
    const blocks = [...this.#streams].map(([ssrc, { highest }]) => ({
      ssrc,
      fractionLost: Math.round(this.#lossRatio * 256),
      packetsLost: 0,
      highestSequenceNumber: highest,
      jitter: 0,
      lastSenderReport: 0,
      delaySinceLastSenderReport: 0,
    }));
    if (blocks.length > 0) this.#peer.send(buildReceiverReport(1, blocks));
  }

  #receive(packet: Buffer): void {
    if (isRtcp(packet)) return;
    const payloadType = (packet[1] ?? 0) & 0x7f;
    const ssrc = packet.readUInt32BE(8);
    if (payloadType === this.#format.rtxPayloadType) {
      const start = payloadStart(packet);
      if (packet.length >= start + 2) this.#take(this.#videoSsrc, packet.readUInt16BE(start), true);
      return;
    }
    if (payloadType === this.#format.videoPayloadType) this.#videoSsrc = ssrc;
    else if (payloadType !== this.#format.audioPayloadType) return;
    if (this.#lossRatio > 0 && this.#random() < this.#lossRatio) return;
    this.#take(ssrc, packet.readUInt16BE(2), false);
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

function payloadStart(packet: Buffer): number {
  const first = packet[0] ?? 0;
  const start = 12 + 4 * (first & 0x0f);
  return first & 0x10 ? start + 4 + 4 * packet.readUInt16BE(start + 2) : start;
}
