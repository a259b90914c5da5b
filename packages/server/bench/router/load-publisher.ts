import { buildSenderReport } from '../../src/media/wire/build-rtcp.ts';
import { parseRtcp } from '../../src/media/wire/parse-rtcp.ts';
import { isRtcp } from '../../src/media/wire/rtp-packet.ts';
import type { LoadPeer } from './load-peer.ts';

/** Payload types and header extension ids of the publishing offer. */
export interface PublishedFormat {
  readonly videoPayloadType: number;
  readonly rtxPayloadType: number;
  readonly audioPayloadType: number;
  /** As announced in the offer; a simulcast offer names layers by rid instead. */
  readonly audioSsrc: number;
  /** Video and its retransmissions; empty in a simulcast offer. */
  readonly videoSsrcs: readonly number[];
  readonly transportCcId: number;
  readonly absSendTimeId: number;
  readonly midId: number;
  readonly videoMid: string;
  readonly ridId: number;
  readonly repairedRidId: number;
}

/** One simulcast layer, or the only one. */
export interface LoadLayer {
  readonly rid?: string;
  readonly packetsPerFrame: number;
}

interface TextExtension {
  readonly id: number;
  readonly text: string;
}

const frameIntervalMs = 1_000 / 30;
const videoPacketBytes = 1_100;
const audioIntervalMs = 20;
const audioBytes = 80;
const kept = 1_024;
/** Transport-wide number and send time. */
const stampBytes = 7;
/** Browsers name a layer until they learn of its arrival. */
const namedPackets = 200;

/**
 * Sends 30 frames and 50 audio packets per second, and answers NACKs with RTX and key-frame requests with key frames.
 */
export class LoadPublisher {
  readonly #peer: LoadPeer;
  readonly #format: PublishedFormat;
  readonly #lossRatio: number;
  readonly #random: () => number;
  readonly #layers: readonly VideoLayer[];
  readonly #audio = new Uint8Array(audioBytes).fill(7);
  readonly #audioSsrc: number;
  #audioNumber = 0;
  #transportNumber = 0;
  #nextFrameMs = 0;
  #nextAudioMs = 0;
  #nextReportMs = 0;
  /** Packets due to a viewer of the largest layer, including those lost on their way to the router. */
  expectedPackets = 0;

  constructor(
    peer: LoadPeer,
    format: PublishedFormat,
    layers: readonly LoadLayer[],
    options: { readonly lossRatio: number; readonly random: () => number },
  ) {
    this.#peer = peer;
    this.#format = format;
    this.#lossRatio = options.lossRatio;
    this.#random = options.random;
    this.#audioSsrc = format.audioSsrc;
    this.#layers = layers.map((layer, index) => {
      const [ssrc = 0x1000 + 2 * index, rtxSsrc = ssrc + 1] = format.videoSsrcs;
      return new VideoLayer(layer, ssrc, rtxSsrc);
    });
    this.begin(performance.now());
    peer.onPacket = (packet) => {
      if (isRtcp(packet)) this.#receive(packet);
    };
  }

  /** Skips packets that were due before. */
  begin(nowMs: number): void {
    this.#nextFrameMs = nowMs + this.#random() * frameIntervalMs;
    this.#nextAudioMs = nowMs + this.#random() * audioIntervalMs;
    this.#nextReportMs = nowMs + this.#random() * 1_000;
  }

  /** Sends what is due. */
  tick(nowMs: number): void {
    for (; this.#nextFrameMs <= nowMs; this.#nextFrameMs += frameIntervalMs) {
      for (const layer of this.#layers) this.#sendFrame(layer);
    }
    for (; this.#nextAudioMs <= nowMs; this.#nextAudioMs += audioIntervalMs) this.#sendAudio();
    if (this.#nextReportMs > nowMs) return;
    this.#nextReportMs = nowMs + 1_000;
    for (const { ssrc, timestamp } of [
      { ssrc: this.#audioSsrc, timestamp: this.#audioNumber * 960 },
      ...this.#layers,
    ]) {
      const report = {
        ssrc,
        ntpSeconds: Math.floor(nowMs / 1_000) + 3_900_000_000,
        ntpFraction: Math.floor((nowMs % 1_000) * 4_294_967),
        rtpTimestamp: timestamp >>> 0,
        packetCount: 0,
        octetCount: 0,
      };
      this.#peer.send(buildSenderReport(report, 'load'));
    }
  }

  #sendFrame(layer: VideoLayer): void {
    const isKey = layer.beginFrame();
    const { packetsPerFrame } = layer.layer;
    for (let index = 0; index < packetsPerFrame; index += 1) {
      const payload = layer.payload(index === 0, isKey);
      const number = layer.nextNumber();
      layer.keep(number, payload, layer.timestamp);
      if (layer === this.#layers.at(-1)) this.expectedPackets += 1;
      if (this.#isLost()) continue;
      this.#sendRtp({
        payloadType: this.#format.videoPayloadType,
        number,
        timestamp: layer.timestamp,
        ssrc: layer.ssrc,
        isMarked: index === packetsPerFrame - 1,
        payload,
        extras: number < namedPackets ? this.#namesOf(layer, this.#format.ridId) : [],
      });
    }
  }

  /** A simulcast layer is identified by its section and rid, not by an SSRC of the offer. */
  #namesOf({ layer: { rid } }: VideoLayer, ridId: number): readonly TextExtension[] {
    const { midId, videoMid } = this.#format;
    return rid === undefined
      ? []
      : [
          { id: midId, text: videoMid },
          { id: ridId, text: rid },
        ];
  }

  #sendAudio(): void {
    const number = (this.#audioNumber += 1);
    this.expectedPackets += 1;
    if (this.#isLost()) return;
    this.#sendRtp({
      payloadType: this.#format.audioPayloadType,
      number,
      timestamp: number * 960,
      ssrc: this.#audioSsrc,
      isMarked: false,
      payload: this.#audio,
      extras: [],
    });
  }

  #receive(packet: Buffer): void {
    for (const message of parseRtcp(packet)) {
      if (message.type === 'key-frame-request') {
        const layer = this.#layers.find(({ ssrc }) => ssrc === message.mediaSsrc);
        if (layer) layer.isKeyWanted = true;
      } else if (message.type === 'nack') {
        const layer = this.#layers.find(({ ssrc }) => ssrc === message.mediaSsrc);
        if (layer) for (const number of message.sequenceNumbers) this.#repair(layer, number);
      }
    }
  }

  #repair(layer: VideoLayer, number: number): void {
    const lost = layer.kept(number);
    if (!lost) return;
    const payload = Buffer.alloc(2 + lost.payload.length);
    payload.writeUInt16BE(number & 0xffff, 0);
    payload.set(lost.payload, 2);
    this.#sendRtp({
      payloadType: this.#format.rtxPayloadType,
      number: layer.nextRtxNumber(),
      timestamp: lost.timestamp,
      ssrc: layer.rtxSsrc,
      isMarked: false,
      payload,
      extras: this.#namesOf(layer, this.#format.repairedRidId),
    });
  }

  #isLost(): boolean {
    return this.#lossRatio > 0 && this.#random() < this.#lossRatio;
  }

  #sendRtp(packet: {
    readonly payloadType: number;
    readonly number: number;
    readonly timestamp: number;
    readonly ssrc: number;
    readonly isMarked: boolean;
    readonly payload: Uint8Array;
    readonly extras: readonly TextExtension[];
  }): void {
    const { extras, payload } = packet;
    const extrasBytes = extras.reduce((sum, { text }) => sum + 1 + text.length, 0);
    const extensionWords = (stampBytes + extrasBytes + 3) >> 2;
    const out = Buffer.alloc(12 + 4 + 4 * extensionWords + payload.length);
    out[0] = 0x90;
    out[1] = (packet.isMarked ? 0x80 : 0) | packet.payloadType;
    out.writeUInt16BE(packet.number & 0xffff, 2);
    out.writeUInt32BE(packet.timestamp >>> 0, 4);
    out.writeUInt32BE(packet.ssrc, 8);
    out.writeUInt16BE(0xbede, 12);
    out.writeUInt16BE(extensionWords, 14);
    const { transportCcId, absSendTimeId } = this.#format;
    out[16] = (transportCcId << 4) | 1;
    out.writeUInt16BE((this.#transportNumber += 1) & 0xffff, 17);
    out[19] = (absSendTimeId << 4) | 2;
    out.writeUIntBE(Math.floor(((performance.now() / 1_000) % 64) * 0x4_0000) & 0xff_ffff, 20, 3);
    let position = 16 + stampBytes;
    for (const { id, text } of extras) {
      out[position] = (id << 4) | (text.length - 1);
      position += 1 + out.write(text, position + 1);
    }
    out.set(payload, 16 + 4 * extensionWords);
    this.#peer.send(out);
  }
}

/** The video of one layer: VP8 with picture ids, packetized as by a browser. */
class VideoLayer {
  readonly layer: LoadLayer;
  readonly ssrc: number;
  readonly rtxSsrc: number;
  isKeyWanted = true;
  timestamp = 0;
  #number = 0;
  #rtxNumber = 0;
  #pictureId = 0;
  readonly #kept: (
    { readonly number: number; readonly payload: Uint8Array; readonly timestamp: number } | undefined
  )[] = Array.from({ length: kept });

  constructor(layer: LoadLayer, ssrc: number, rtxSsrc: number) {
    this.layer = layer;
    this.ssrc = ssrc;
    this.rtxSsrc = rtxSsrc;
  }

  beginFrame(): boolean {
    const isKey = this.isKeyWanted;
    this.isKeyWanted = false;
    this.timestamp += 3_000;
    this.#pictureId = (this.#pictureId + 1) & 0x7fff;
    return isKey;
  }

  payload(isFirst: boolean, isKey: boolean): Uint8Array {
    const payload = Buffer.alloc(videoPacketBytes, 0x55);
    payload[0] = isFirst ? 0x90 : 0x80;
    payload[1] = 0xe0;
    payload.writeUInt16BE(0x8000 | this.#pictureId, 2);
    payload[4] = this.#pictureId & 0xff;
    payload[5] = 0x20;
    if (isFirst) {
      payload[6] = isKey ? 0x10 : 0x11;
      // A key frame contains its size after the start code.
      if (isKey) payload.set([0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01], 7);
    }
    return payload;
  }

  nextNumber(): number {
    return this.#number++;
  }

  nextRtxNumber(): number {
    return this.#rtxNumber++;
  }

  keep(number: number, payload: Uint8Array, timestamp: number): void {
    this.#kept[number % kept] = { number, payload, timestamp };
  }

  kept(wireNumber: number) {
    const found = this.#kept[wireNumber % kept];
    return found && (found.number & 0xffff) === wireNumber ? found : undefined;
  }
}
