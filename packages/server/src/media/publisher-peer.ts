import { randomInt } from 'node:crypto';
import type { AcceptedMedia } from './accepted-media.ts';
import type { ExtensionIds } from './header-extensions.ts';
import type { MediaFacts } from './media-router.ts';
import {
  buildBandwidthEstimate,
  buildNack,
  buildPictureLoss,
  buildReceiverReport,
} from './rtp/build-rtcp.ts';
import { loopTurn } from './loop-turn.ts';
import { ArrivalTimes } from './rtp/arrival-times.ts';
import { Demultiplexer } from './rtp/demultiplexer.ts';
import { historySizes } from './rtp/history-sizes.ts';
import { KeyFrameRequester } from './rtp/key-frame-requester.ts';
import { parseRtcp } from './rtp/parse-rtcp.ts';
import { unwrapRetransmission } from './rtp/retransmission.ts';
import { isRtcp, parseRtpPacket, readExtensionNumber } from './rtp/rtp-packet.ts';
import type { RtpPacket } from './rtp/rtp-packet.ts';
import type { SenderReport } from './rtp/rtcp.ts';
import { SimulcastSource } from './rtp/simulcast-source.ts';
import { SourceStream } from './rtp/source-stream.ts';
import { TransportFeedback } from './rtp/transport-feedback.ts';

/** How a publisher's packets and feedback get in and out. */
export interface PublisherPeerOptions {
  readonly media: readonly AcceptedMedia[];
  /** The publisher's peer until now, whose path this one replaces. */
  readonly former?: PublisherPeer | undefined;
  readonly send: (packet: Uint8Array) => boolean;
  /** Takes each packet of each stream once. */
  readonly onPacket: (
    published: SimulcastSource,
    source: SourceStream,
    packet: RtpPacket,
    extendedNumber: number,
  ) => void;
  readonly onSenderReport: (source: SourceStream) => void;
  /** Milliseconds of a clock that never jumps. */
  readonly now: () => number;
}

/** Two of the router's ticks. */
const feedbackIntervalMs = 40;
const reportIntervalMs = 1_000;
/** Tells a sender that was capped that it is free again; encoders stay below this by themselves. */
const uncappedBps = 100_000_000;
/** The cap is for the video; the estimate covers everything the sender sends. */
const audioAllowanceBps = 60_000;

/** Ticks of the abs-send-time extension. */
const absoluteTicksPerMs = 2 ** 18 / 1_000;

/** The receiving side of a publisher: sorts its packets into streams, and sends it the feedback it lives on. */
export class PublisherPeer {
  readonly media: readonly AcceptedMedia[];
  readonly #send: PublisherPeerOptions['send'];
  readonly #onPacket: PublisherPeerOptions['onPacket'];
  readonly #onSenderReport: PublisherPeerOptions['onSenderReport'];
  readonly #now: () => number;
  /** Names us in RTCP. */
  readonly #ownSsrc = randomInt(1, 2 ** 32);
  readonly #demultiplexer: Demultiplexer;
  readonly #feedback: TransportFeedback;
  /** One for each section of {@link media}. */
  readonly #published: readonly SimulcastSource[];
  /** Every stream of every layer. */
  #sources: readonly SourceStream[] = [];
  readonly #arrivals: ArrivalTimes;
  /** Ids of these header extensions; the same in all sections of a bundle. */
  readonly #transportId: number | undefined;
  readonly #sendTimeId: number | undefined;
  /** Feedback is about all streams, but has to name one. */
  #feedbackSsrc = 0;
  #videoBitrateBps = 0;
  #wasCapped = false;
  #lastFeedbackMs = 0;
  #lastReportMs = 0;

  constructor(options: PublisherPeerOptions) {
    const { former } = options;
    this.media = options.media;
    this.#send = options.send;
    this.#onPacket = options.onPacket;
    this.#onSenderReport = options.onSenderReport;
    this.#now = options.now;
    this.#demultiplexer = new Demultiplexer(options.media, former && former.#demultiplexer);
    this.#feedback = new TransportFeedback(this.#ownSsrc);
    this.#arrivals = new ArrivalTimes((number, arrivedMs) => this.#feedback.record(number, arrivedMs));
    this.#transportId = sharedId(options.media, 'transport-cc');
    this.#sendTimeId = sharedId(options.media, 'abs-send-time');
    this.#published = options.media.map((media) => new SimulcastSource(media));
  }

  /** What was accepted of this kind, with the layers that are arriving. */
  published(kind: AcceptedMedia['kind']): SimulcastSource | undefined {
    return this.#published.find(({ media }) => media.kind === kind);
  }

  /** How each stream that arrives fares. */
  facts(): MediaFacts[] {
    const nowMs = this.#now();
    return this.#sources.map((source) => source.facts(nowMs));
  }

  /** Takes whatever came over the transport; what makes no sense is dropped. */
  receive(buffer: Buffer): void {
    const nowMs = this.#now();
    if (isRtcp(buffer)) {
      for (const message of parseRtcp(buffer)) {
        if (message.type === 'sender-report') this.#receiveSenderReport(message, nowMs);
      }
      return;
    }
    const packet = parseRtpPacket(buffer);
    if (packet) this.#receiveRtp(packet, nowMs);
  }

  /** Caps the video; 0 lifts the cap. */
  setVideoBitrate(videoBitrateBps: number): void {
    this.#videoBitrateBps = videoBitrateBps;
    this.#sendCap();
  }

  /** Does what is due. To be called every 20 ms or so. */
  tick(nowMs: number): void {
    for (const source of this.#sources) source.tick(nowMs);
    if (nowMs - this.#lastFeedbackMs >= feedbackIntervalMs) {
      this.#lastFeedbackMs = nowMs;
      this.#sendTransportFeedback(nowMs);
    }
    if (nowMs - this.#lastReportMs >= reportIntervalMs) {
      this.#lastReportMs = nowMs;
      const reports = this.#sources.map((source) => source.report(nowMs));
      if (reports.length > 0) this.#send(buildReceiverReport(this.#ownSsrc, reports));
      this.#sendCap();
    }
  }

  #receiveRtp(packet: RtpPacket, nowMs: number): void {
    this.#recordArrival(packet, nowMs);
    const route = this.#demultiplexer.route(packet);
    const published = route && this.#published[route.section];
    if (!published) return;
    const { media, layer } = route;
    if (!route.isRetransmission) {
      this.#sourceOf(published, layer, packet.ssrc).receive(packet, nowMs);
      return;
    }
    const source = published.layers[layer];
    const original =
      source && unwrapRetransmission(packet, { ssrc: source.ssrc, payloadType: media.payloadType });
    if (original) source.receiveRetransmitted(original, nowMs);
  }

  /** Before anything else, since a sender also wants to know of packets that belong to nothing yet. */
  #recordArrival(packet: RtpPacket, nowMs: number): void {
    if (this.#transportId === undefined) return;
    const number = readExtensionNumber(packet, this.#transportId, 2);
    if (number === undefined) return;
    const sentTicks =
      this.#sendTimeId === undefined ? undefined : readExtensionNumber(packet, this.#sendTimeId, 3);
    const sentMs = sentTicks === undefined ? undefined : sentTicks / absoluteTicksPerMs;
    this.#arrivals.add(number, sentMs, nowMs, loopTurn());
    this.#feedbackSsrc ||= packet.ssrc;
  }

  /** A sender that restarts its stream takes a new SSRC; the newest one counts. */
  #sourceOf(published: SimulcastSource, layer: number, ssrc: number): SourceStream {
    const current = published.layers[layer];
    if (current?.ssrc === ssrc) return current;
    const { media } = published;
    const source = new SourceStream({
      ssrc,
      media,
      layer,
      historySize: historySizes[media.kind],
      ...(media.feedback.includes('nack') && {
        sendNack: (numbers: readonly number[]) => void this.#send(buildNack(this.#ownSsrc, ssrc, numbers)),
      }),
      keyFrames: new KeyFrameRequester(() => this.#send(buildPictureLoss(this.#ownSsrc, ssrc))),
      onPacket: (packet, extendedNumber) => this.#onPacket(published, source, packet, extendedNumber),
    });
    published.setLayer(layer, source);
    this.#sources = this.#published.flatMap(({ layers }) => layers.filter((stream) => stream !== undefined));
    return source;
  }

  #receiveSenderReport(report: SenderReport, nowMs: number): void {
    for (const source of this.#sources) {
      if (source.ssrc !== report.ssrc) continue;
      source.receiveSenderReport(report, nowMs);
      this.#onSenderReport(source);
    }
  }

  #sendTransportFeedback(nowMs: number): void {
    this.#arrivals.flush();
    for (const message of this.#feedback.takeMessages(this.#feedbackSsrc, nowMs)) this.#send(message);
  }

  /** Repeated with the reports, since a cap that got lost would never be seen. */
  #sendCap(): void {
    const ssrcs = this.#sources.map(({ ssrc }) => ssrc);
    if (ssrcs.length === 0 || (this.#videoBitrateBps === 0 && !this.#wasCapped)) return;
    this.#wasCapped = true;
    const capBps = this.#videoBitrateBps === 0 ? uncappedBps : this.#videoBitrateBps + audioAllowanceBps;
    this.#send(buildBandwidthEstimate(this.#ownSsrc, capBps, ssrcs));
  }
}

function sharedId(media: readonly AcceptedMedia[], name: keyof ExtensionIds): number | undefined {
  return media.find(({ extensionIds }) => extensionIds[name] !== undefined)?.extensionIds[name];
}
