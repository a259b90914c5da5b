import { randomInt } from 'node:crypto';
import type { AcceptedMedia } from '../accepted-media.ts';
import type { MediaKind } from '../codecs/codec.ts';
import type { ExtensionIds } from '../header-extensions.ts';
import type { MediaFacts } from '../media-router.ts';
import { buildBandwidthEstimate, buildReceiverReport } from '../wire/build-rtcp.ts';
import { parseRtcp } from '../wire/parse-rtcp.ts';
import { unwrapRetransmission } from '../wire/retransmission.ts';
import type { SenderReport } from '../wire/rtcp.ts';
import { isRtcp, parseRtpPacket, readExtensionNumber, type RtpPacket } from '../wire/rtp-packet.ts';
import { ArrivalTimes } from './arrival-times.ts';
import { Demultiplexer } from './demultiplexer.ts';
import { loopTurn } from './loop-turn.ts';
import { historySizes } from './packet-history.ts';
import { rtcpRequests } from './rtcp-requests.ts';
import { SimulcastSource } from './simulcast-source.ts';
import { SourceStream } from './source-stream.ts';
import { TransportFeedback } from './transport-feedback.ts';

/** What {@link PublisherPeer} needs. */
export interface PublisherPeerOptions {
  readonly media: readonly AcceptedMedia[];
  /** The publisher's previous peer, whose path this one replaces. */
  readonly former?: PublisherPeer | undefined;
  readonly send: (packet: Uint8Array) => boolean;
  /** Receives each packet of each stream once. */
  readonly onPacket: (
    published: SimulcastSource,
    source: SourceStream,
    packet: RtpPacket,
    extendedNumber: number,
  ) => void;
  readonly onSenderReport: (source: SourceStream) => void;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
}

/** Two of the router's ticks. */
const feedbackIntervalMs = 40;
const reportIntervalMs = 1_000;
/** Lifts the cap of a sender; encoders stay below this on their own. */
const uncappedBps = 100_000_000;
/** A stream that is silent for this long may be followed by one with another SSRC. */
const succeedsAfterMs = 1_000;
/** The cap applies to video; the estimate covers everything that the sender sends. */
const audioAllowanceBps = 60_000;

/** Ticks of the abs-send-time extension. */
const absoluteTicksPerMs = 2 ** 18 / 1_000;

/** The receiving side of a publisher: sorts its packets into streams, and sends the feedback that it depends on. */
export class PublisherPeer {
  readonly media: readonly AcceptedMedia[];
  readonly #send: PublisherPeerOptions['send'];
  readonly #onPacket: PublisherPeerOptions['onPacket'];
  readonly #onSenderReport: PublisherPeerOptions['onSenderReport'];
  readonly #now: () => number;
  /** Identifies the router in RTCP. */
  readonly #ownSsrc = randomInt(1, 2 ** 32);
  readonly #demultiplexer: Demultiplexer;
  readonly #feedback: TransportFeedback;
  /** One for each section of {@link media}. */
  readonly #published: readonly SimulcastSource[];
  /** All streams of all layers. */
  #sources: readonly SourceStream[] = [];
  readonly #arrivals: ArrivalTimes;
  /** Ids of these header extensions; the same in all sections of a bundle. */
  readonly #transportId: number | undefined;
  readonly #sendTimeId: number | undefined;
  /** Feedback covers all streams, but must name one. */
  #feedbackSsrc = 0;
  #videoBitrateBps = 0;
  #wasCapped = false;
  #mutedKinds: readonly MediaKind[] = [];
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

  /** The accepted media of this kind, with the layers that are arriving. */
  published(kind: AcceptedMedia['kind']): SimulcastSource | undefined {
    return this.#published.find(({ media }) => media.kind === kind);
  }

  /** The arriving stream with this SSRC, if there is one. */
  source(ssrc: number): SourceStream | undefined {
    return this.#sources.find((source) => source.ssrc === ssrc);
  }

  /** Statistics of each arriving stream. */
  facts(): MediaFacts[] {
    const nowMs = this.#now();
    return this.#sources.map((source) => source.facts(nowMs));
  }

  /** Takes a packet from the transport; drops malformed ones. */
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

  /**
   * Discards what arrives of these kinds, and forgets what has: when forwarding resumes, viewers continue as with a restarted
   * sender, and nothing of what was discarded can be repaired or repeated.
   */
  setMuted(kinds: readonly MediaKind[]): void {
    this.#mutedKinds = kinds;
    for (const published of this.#published) if (kinds.includes(published.media.kind)) published.forget();
    this.#listSources();
  }

  /** Does what is due. Call it every 20 ms or so. */
  tick(nowMs: number): void {
    for (const source of this.#sources) source.tick(nowMs);
    for (const published of this.#published) published.sort(nowMs);
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
    if (!published || this.#mutedKinds.includes(published.media.kind)) return;
    const { media, layer } = route;
    if (!route.isRetransmission) {
      this.#sourceOf(published, layer, packet.ssrc, nowMs)?.receive(packet, nowMs);
      return;
    }
    const source = published.offeredAt(layer);
    const repaired = media.repairedSsrcs?.get(packet.ssrc) ?? source?.ssrc;
    if (!source || repaired !== source.ssrc) return;
    const original = unwrapRetransmission(packet, { ssrc: source.ssrc, payloadType: media.payloadType });
    if (original) source.receiveRetransmitted(original, nowMs);
  }

  /** Before anything else, because a sender also needs feedback on packets that belong to no stream yet. */
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

  /**
   * The stream that a packet belongs to. A sender that restarts its stream uses a new SSRC, which counts once the
   * former one is silent. Packets of another SSRC beside it (a second track or an undeclared layer) are dropped:
   * forwarding both would need a key frame for each change between them.
   */
  #sourceOf(
    published: SimulcastSource,
    layer: number,
    ssrc: number,
    nowMs: number,
  ): SourceStream | undefined {
    const current = published.offeredAt(layer);
    if (current?.ssrc === ssrc) return current;
    if (current && nowMs - current.lastPacketMs < succeedsAfterMs) return undefined;
    const { media } = published;
    const { keyFrames, sendNack } = rtcpRequests(this.#ownSsrc, ssrc, this.#send);
    const source = new SourceStream({
      ssrc,
      media,
      layer,
      historySize: historySizes[media.kind],
      ...(media.feedback.includes('nack') && { sendNack }),
      keyFrames,
      onPacket: (packet, extendedNumber) => this.#onPacket(published, source, packet, extendedNumber),
    });
    published.setLayer(layer, source);
    this.#listSources();
    return source;
  }

  #listSources(): void {
    this.#sources = this.#published.flatMap(({ layers }) => layers.filter((stream) => stream !== undefined));
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

  /** Repeated with the reports, because a lost cap would never take effect. */
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
