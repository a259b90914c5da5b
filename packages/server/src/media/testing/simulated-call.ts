import { vi } from 'vitest';
import type { AcceptedMedia } from '../accepted-media.ts';
import type { SharedLink } from '../bandwidth/shared-link.ts';
import type { MediaKind } from '../codecs/codec.ts';
import { codecs } from '../codecs/codecs.ts';
import { KeyFrameRequester } from '../incoming/key-frame-requester.ts';
import { SimulcastSource } from '../incoming/simulcast-source.ts';
import { SourceStream } from '../incoming/source-stream.ts';
import { TransportFeedback } from '../incoming/transport-feedback.ts';
import { ViewerPeer } from '../outgoing/viewer-peer.ts';
import { findExtension, isRtcp, parseRtpPacket } from '../wire/rtp-packet.ts';
import type { SimulatedLink } from './simulated-link.ts';
import { SimulatedPlayout } from './simulated-playout.ts';
import { rtpPacket } from './test-packets.ts';

/** The setup of a simulated call. */
export interface SimulatedCallOptions {
  readonly link: SimulatedLink;
  /** What the viewer's views share. Default: nothing. */
  readonly shared?: SharedLink;
  /** How long after other calls on the link this one starts, in milliseconds. Default 0. */
  readonly afterMs?: number;
  /** Bits per second of each video layer, smallest first. */
  readonly layersBps: readonly number[];
  /** Number of temporal layers of each; 1 for none. Default 1. */
  readonly temporalLayers?: 1 | 3;
  /** Whether the viewer reports when packets arrived. Default true. */
  readonly hasTransportFeedback?: boolean;
  /** Whether the viewer ever connects. Default true. */
  readonly connects?: boolean;
  /** When the router is busy, so that packets wait. Default: never. */
  readonly isRouterBusy?: (nowMs: number) => boolean;
}

/** What one viewer received during an interval. */
export interface SimulatedViewing {
  /** Height of the newest video frame that arrived, in pixels. */
  readonly heightPx: number;
  readonly frames: number;
  readonly audioLost: number;
  readonly audioArrived: number;
  /** Audio that was not there when it was due, in milliseconds. */
  readonly concealedMs: number;
  /** Longest transit time of an audio packet. */
  readonly audioDelayMs: number;
  readonly receivedBps: number;
  /** The router's estimate of the link. */
  readonly estimateBps: number | undefined;
}

const stepMs = 5;
const frameMs = 65;
const feedbackMs = 100;
const transportId = 3;
const packetBytes = 1_100;
const audioBytes = 80;
const firstVideoSsrc = 100;
const audioSsrc = 50;
/** Temporal ids by frame, as encoders assign them: every fourth frame is in the lowest temporal layer. */
const temporalIds = [0, 2, 1, 2];

/** A call of one publisher and one viewer over a simulated link, in simulated time; needs vitest's fake timers. */
export class SimulatedCall {
  readonly #options: SimulatedCallOptions;
  readonly #viewer: ViewerPeer;
  readonly #published: Readonly<Record<MediaKind, SimulcastSource>>;
  readonly #audio: SourceStream;
  readonly #layers: readonly SourceStream[];
  readonly #wantsKey: boolean[];
  readonly #numbers: number[];
  readonly #feedback = new TransportFeedback(1);
  readonly #underWay: { readonly arrivalMs: number; readonly take: () => void }[] = [];
  #nowMs = 1_000_000;
  /** Packets that the publisher has sent and the router has not read yet. */
  readonly #unread: (() => void)[] = [];
  #frame = 0;
  #viewing = { heightPx: 0, audioLost: 0, audioArrived: 0, audioDelayMs: 0, bytes: 0 };
  readonly #framesSeen = new Set<number>();
  readonly #playout = new SimulatedPlayout();
  #isSilent = false;

  constructor(options: SimulatedCallOptions) {
    this.#options = options;
    this.#nowMs += options.afterMs ?? 0;
    const extensionIds = options.hasTransportFeedback === false ? {} : { 'transport-cc': transportId };
    const video = { ...mediaOf('video'), extensionIds };
    const audio = { ...mediaOf('audio'), extensionIds };
    this.#published = {
      audio: new SimulcastSource(audio),
      video: new SimulcastSource(withLayers(video, options)),
    };
    this.#viewer = new ViewerPeer({
      media: [audio, video],
      shared: options.shared,
      send: (packet) => this.#send(Buffer.from(packet)),
      published: (kind) => this.#published[kind],
      now: () => this.#nowMs,
    });
    this.#audio = this.#createSource('audio', 0);
    this.#layers = options.layersBps.map((_, layer) => this.#createSource('video', layer));
    this.#wantsKey = options.layersBps.map(() => true);
    this.#numbers = options.layersBps.map(() => 0);
    if (options.connects !== false) this.#viewer.open();
  }

  get viewer(): ViewerPeer {
    return this.#viewer;
  }

  /** The viewer's page is gone: it reports nothing any more, although it still looks connected. */
  fallSilent(): void {
    this.#isSilent = true;
  }

  /** Advances the time, and returns what the viewer received. */
  run(ms: number): SimulatedViewing {
    return runTogether([this], ms)[0] ?? this.take(ms);
  }

  /** What the viewer received in each of the next `count` seconds. */
  seconds(count: number): SimulatedViewing[] {
    return Array.from({ length: count }, () => this.run(1_000));
  }

  /** Returns what the viewer received since the last call, `ms` ago. */
  take(ms: number): SimulatedViewing {
    const { bytes, ...rest } = this.#viewing;
    const frames = this.#framesSeen.size;
    const estimateBps = this.#viewer.facts()[0]?.estimateBps;
    this.#viewing = { heightPx: rest.heightPx, audioLost: 0, audioArrived: 0, audioDelayMs: 0, bytes: 0 };
    this.#framesSeen.clear();
    const concealedMs = this.#playout.takeConcealedMs();
    return { ...rest, frames, concealedMs, receivedBps: Math.round((bytes * 8_000) / ms), estimateBps };
  }

  /** Advances by one step; the caller must advance timers too. */
  step(): void {
    this.#nowMs += stepMs;
    if (this.#nowMs % 20 === 0) this.#unread.push(() => this.#sendAudio());
    if (this.#nowMs % frameMs === 0) this.#unread.push(() => this.#sendFrame());
    if (this.#options.isRouterBusy?.(this.#nowMs)) return;
    for (const send of this.#unread.splice(0)) send();
    if (this.#nowMs % 20 === 0) this.#viewer.tick(this.#nowMs);
    const arrived = this.#underWay.filter(({ arrivalMs }) => arrivalMs <= this.#nowMs);
    this.#underWay.splice(0, arrived.length);
    for (const { take } of arrived) take();
    this.#playout.tick(this.#nowMs);
    if (this.#nowMs % feedbackMs !== 0 || this.#isSilent) return;
    for (const message of this.#feedback.takeMessages(1, this.#nowMs)) this.#viewer.receive(message);
  }

  #sendAudio(): void {
    const number = (this.#audio.highestNumber ?? 0) + 1;
    const fields = { payloadType: 111, ssrc: audioSsrc, sequenceNumber: number, timestamp: number * 960 };
    this.#audio.receive(rtpPacket({ ...fields, payload: Buffer.alloc(audioBytes) }), this.#nowMs);
  }

  #sendFrame(): void {
    this.#frame += 1;
    this.#layers.forEach((source, layer) => {
      const isKey = this.#wantsKey[layer] ?? false;
      this.#wantsKey[layer] = false;
      const mean = ((this.#options.layersBps[layer] ?? 0) * frameMs) / 8_000;
      // A key frame is as large as several other frames together.
      let left = Math.round(isKey ? mean * 5 : mean * (0.85 + 0.3 * ((this.#frame % 7) / 6)));
      for (let isFirst = true; left > 0; isFirst = false) {
        const bytes = Math.min(left, packetBytes);
        left -= bytes;
        const number = this.#numbers[layer] ?? 0;
        this.#numbers[layer] = number + 1;
        source.receive(
          rtpPacket({
            payloadType: 96,
            ssrc: firstVideoSsrc + layer,
            sequenceNumber: number,
            timestamp: this.#frame * frameMs * 90,
            marker: left === 0,
            payload: this.#payload({ isFirst, isKey, layer, bytes }),
          }),
          this.#nowMs,
        );
      }
    });
  }

  #payload({
    isFirst,
    isKey,
    layer,
    bytes,
  }: {
    isFirst: boolean;
    isKey: boolean;
    layer: number;
    bytes: number;
  }): Buffer {
    const heightPx = 180 * 2 ** layer;
    const temporalId = this.#options.temporalLayers === 3 && !isKey ? (temporalIds[this.#frame % 4] ?? 0) : 0;
    const frame = this.#frame;
    const descriptor = [
      isFirst ? 0x90 : 0x80,
      0xe0,
      0x80 | ((frame >> 8) & 0x7f),
      frame & 0xff,
      frame & 0xff,
      (temporalId << 6) | 0x20,
    ];
    const key = [0x10, 0, 0, 0x9d, 0x01, 0x2a, 0, 1, heightPx & 0xff, heightPx >> 8];
    const beginning = Buffer.from([...descriptor, ...(isFirst && isKey ? key : [0x11, 0, 0])]);
    return Buffer.concat([
      beginning,
      Buffer.alloc(Math.max(1, bytes - beginning.length)),
      Buffer.from([layer]),
    ]);
  }

  #send(packet: Buffer): boolean {
    if (isRtcp(packet)) return true;
    const sentMs = this.#nowMs;
    const arrivalMs = this.#options.link.arrivalMs(packet.length + 38, sentMs);
    const parsed = parseRtpPacket(packet);
    if (!parsed) throw new Error('The viewer was sent something that is not an RTP packet.');
    const isAudio = parsed.payloadType === 111;
    if (arrivalMs === undefined) {
      if (isAudio) this.#viewing.audioLost += 1;
      return true;
    }
    const take = () => {
      const number = findExtension(parsed, transportId)?.readUInt16BE(0);
      if (number !== undefined) this.#feedback.record(number, arrivalMs);
      const viewing = this.#viewing;
      viewing.bytes += packet.length;
      if (isAudio) {
        viewing.audioArrived += 1;
        this.#playout.arrived(this.#nowMs);
        viewing.audioDelayMs = Math.max(viewing.audioDelayMs, arrivalMs - sentMs);
      } else if (parsed.payloadType === 96) {
        this.#framesSeen.add(parsed.timestamp);
        viewing.heightPx = 180 * 2 ** (packet.at(-1) ?? 0);
      }
    };
    this.#underWay.push({ arrivalMs, take });
    return true;
  }

  #createSource(kind: MediaKind, layer: number): SourceStream {
    const published = this.#published[kind];
    const source: SourceStream = new SourceStream({
      ssrc: kind === 'audio' ? audioSsrc : firstVideoSsrc + layer,
      media: published.media,
      layer,
      historySize: 1_024,
      keyFrames: new KeyFrameRequester(() => {
        this.#wantsKey[layer] = true;
        return true;
      }),
      onPacket: (packet, number) => this.#viewer.forward(published, source, packet, number),
    });
    published.setLayer(layer, source);
    return source;
  }
}

/** Advances the time for calls that may share a link, and returns what each viewer received. */
export function runTogether(calls: readonly SimulatedCall[], ms: number): SimulatedViewing[] {
  for (let leftMs = ms; leftMs > 0; leftMs -= stepMs) {
    vi.advanceTimersByTime(stepMs);
    for (const call of calls) call.step();
  }
  return calls.map((call) => call.take(ms));
}

function withLayers(media: AcceptedMedia, { layersBps }: SimulatedCallOptions): AcceptedMedia {
  return layersBps.length > 1 ? { ...media, rids: layersBps.map((_, layer) => `r${layer}`) } : media;
}

function mediaOf(kind: MediaKind): AcceptedMedia {
  const codec = codecs.find(({ name }) => name === (kind === 'audio' ? 'opus' : 'VP8'));
  if (!codec) throw new Error('A mandatory codec is missing from the table.');
  return {
    kind,
    mid: kind,
    codec,
    payloadType: kind === 'audio' ? 111 : 96,
    ...(kind === 'video' && { rtxPayloadType: 97 }),
    formatParameters: '',
    feedback: [],
    extensionIds: {},
    hasReducedSizeRtcp: true,
  };
}
