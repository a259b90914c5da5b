import { randomInt, randomUUID } from 'node:crypto';
import type { ViewedVideo } from '@parley-rtc/contract';
import type { AcceptedMedia } from '../accepted-media.ts';
import { noVideo } from '../bandwidth/link-member.ts';
import type { SharedLink } from '../bandwidth/shared-link.ts';
import type { SimulcastSource } from '../incoming/simulcast-source.ts';
import type { SourceStream } from '../incoming/source-stream.ts';
import type { MediaFacts } from '../media-router.ts';
import type { SentMedia } from '../sdp/write-answer.ts';
import { parseRtcp } from '../wire/parse-rtcp.ts';
import { isRtcp, type RtpPacket } from '../wire/rtp-packet.ts';
import type { CappingView } from './source-cap.ts';
import { ViewLayers } from './view-layers.ts';
import { ViewerLeg } from './viewer-leg.ts';
import { ViewerLink } from './viewer-link.ts';

/** What {@link ViewerPeer} needs. */
export interface ViewerPeerOptions {
  readonly media: readonly AcceptedMedia[];
  /** The view on another path that this one replaces, if any. */
  readonly former?: ViewerPeer | undefined;
  /** The link that the viewer's other views use too. Default: a link of its own. */
  readonly shared?: SharedLink | undefined;
  readonly send: (packet: Uint8Array) => boolean;
  /** The published media of this kind, if any. */
  readonly published: (kind: AcceptedMedia['kind']) => SimulcastSource | undefined;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
}

/** Maximum number of packets that the former view still sends until this one is open. */
const maxFormerPackets = 1_024;
const choiceIntervalMs = 100;
const measureIntervalMs = 1_000;

/** The sending side of one view: a leg for each kind of media, and the viewer's feedback on them. */
export class ViewerPeer {
  readonly #published: ViewerPeerOptions['published'];
  readonly #now: () => number;
  readonly #cname = randomUUID();
  readonly #audio: ViewerLeg | undefined;
  readonly #video: ViewerLeg | undefined;
  readonly #legs: readonly ViewerLeg[];
  readonly #layers: ViewLayers | undefined;
  readonly #link: ViewerLink;
  #isOpen = false;
  #isClosed = false;
  #isVideoPaused = false;
  #lastChoiceMs = Number.NEGATIVE_INFINITY;
  #measuredMs = Number.NEGATIVE_INFINITY;

  constructor(options: ViewerPeerOptions) {
    this.#published = options.published;
    this.#now = options.now;
    this.#link = new ViewerLink({
      media: options.media,
      shared: options.shared,
      send: options.send,
      sendFiller: (nowMs) => this.#video?.sendFiller(nowMs) ?? false,
      onOverflow: () => this.#video?.abandon(),
      // A browser continues its numbers on another path, and takes a number that it knows for a duplicate.
      firstTransportNumber: options.former && options.former.#link.nextTransportNumber + maxFormerPackets,
      now: options.now,
    });
    const sendRtp = {
      audio: (packet: Buffer, nowMs: number) => this.#link.sendAudio(packet, nowMs),
      video: (packet: Buffer, nowMs: number) => this.#link.sendVideo(packet, nowMs),
    };
    this.#legs = options.media.map(
      (media) =>
        new ViewerLeg({
          media,
          ssrc: randomSsrc(),
          rtxSsrc: randomSsrc(),
          cname: this.#cname,
          sendRtp: sendRtp[media.kind],
          sendRtcp: options.send,
        }),
    );
    this.#audio = this.#legs.find(({ media }) => media.kind === 'audio');
    this.#video = this.#legs.find(({ media }) => media.kind === 'video');
    this.#layers = this.#video && new ViewLayers(this.#video);
  }

  /** Our streams, for the answer. */
  get sentMedia(): readonly SentMedia[] {
    return this.#legs.map(({ media, ssrc, rtxSsrc }) => ({
      mid: media.mid,
      ssrc,
      ...(media.rtxPayloadType !== undefined && { rtxSsrc }),
      cname: this.#cname,
      mediaStreamId: this.#cname,
      trackId: `${this.#cname}-${media.kind}`,
    }));
  }

  /** Call it when the transport is open: packets flow from now on, video from a key frame. */
  open(): void {
    if (this.#isOpen || this.#isClosed) return;
    this.#isOpen = true;
    const nowMs = this.#now();
    this.#chooseLayer(nowMs);
    const target = this.#video?.target;
    if (target && !this.#isVideoPaused) this.#video?.start(target, nowMs);
  }

  /** Replaces what the viewer receives of the video. */
  setVideo({ isPaused = false, maxHeightPx }: ViewedVideo): void {
    const nowMs = this.#now();
    const isResumed = this.#isVideoPaused && !isPaused;
    this.#isVideoPaused = isPaused;
    this.#layers?.limitHeight(maxHeightPx);
    if (isResumed) this.#video?.restart();
    this.#chooseLayer(nowMs);
    if (isResumed) this.#video?.target?.keyFrames.request(nowMs);
  }

  /** Whether the view needs the layer of the video that the publisher lists at this index. */
  needsLayer(index: number): boolean {
    const layer = this.#published('video')?.rankOf(index) ?? index;
    return !this.#isVideoPaused && (this.#layers?.needs(layer) ?? false);
  }

  /** What matters about the view for its publisher's bitrate. */
  capping(nowMs: number): CappingView {
    const isWatching = this.#isOpen && !this.#isVideoPaused && this.#video !== undefined;
    const { bitrateBps, isFull } = this.#link.limit(nowMs);
    // A limit that comes from losses alone may have other causes.
    const isKnown = bitrateBps !== undefined && isFull;
    return {
      isWatching,
      videoBps: isKnown ? Math.max(0, bitrateBps - this.#link.audioBps(nowMs)) : undefined,
    };
  }

  forward(published: SimulcastSource, source: SourceStream, packet: RtpPacket, extendedNumber: number): void {
    if (!this.#isOpen) return;
    const nowMs = this.#now();
    if (source.media.kind === 'audio') {
      this.#audio?.forward(source, packet, extendedNumber, nowMs);
      return;
    }
    const video = this.#video;
    if (!video || this.#isVideoPaused || this.#layers?.isStopped) return;
    const { target } = video;
    // A restarted stream, or the first one.
    if (target !== source && (!target || !published.layers.includes(target))) this.#chooseLayer(nowMs);
    video.forward(source, packet, extendedNumber, nowMs);
  }

  /** Call it when the source reports its clock; the viewer receives it in its own timestamps. */
  sendSenderReport(source: SourceStream): void {
    if (!this.#isOpen) return;
    const leg = source.media.kind === 'audio' ? this.#audio : this.#video;
    if (leg?.current === source) leg.sendSenderReport(this.#now());
  }

  /** Statistics of each kind of media on its way to the viewer. */
  facts(): MediaFacts[] {
    const { bitrateBps: estimateBps } = this.#link.limit(this.#now());
    return this.#legs.map((leg) => ({
      ...leg.facts(),
      ...(estimateBps !== undefined && { estimateBps: Math.round(estimateBps) }),
    }));
  }

  /** Takes the viewer's feedback; drops anything else. */
  receive(buffer: Buffer): void {
    if (!isRtcp(buffer)) return;
    const nowMs = this.#now();
    for (const message of parseRtcp(buffer)) {
      if (message.type === 'transport-arrivals') {
        if (this.#link.receiveArrivals(message, nowMs)) this.#chooseLayer(nowMs);
      } else if (message.type === 'bandwidth-estimate') {
        this.#link.receiveEstimate(message.bitrateBps, nowMs);
      } else if (message.type === 'receiver-report') {
        for (const block of message.reports) {
          this.#legs.find(({ ssrc }) => ssrc === block.ssrc)?.receiveReport(block, nowMs);
        }
        const ours = message.reports.filter(({ ssrc }) => this.#legs.some((leg) => leg.ssrc === ssrc));
        this.#link.receiveReports(ours, nowMs);
      } else if (message.type === 'nack' || message.type === 'key-frame-request') {
        const leg = this.#legs.find(({ ssrc }) => ssrc === message.mediaSsrc);
        if (message.type === 'nack') leg?.repair(message.sequenceNumbers, nowMs);
        else (leg?.current ?? leg?.target)?.keyFrames.request(nowMs);
      }
    }
  }

  /** Call it when the view has ended, so that the viewer's other views get its share of the link. */
  close(): void {
    this.#isOpen = false;
    this.#isClosed = true;
    this.#link.close();
  }

  /** Does what is due. Call it every 20 ms or so. */
  tick(nowMs: number): void {
    if (nowMs - this.#lastChoiceMs >= choiceIntervalMs) this.#chooseLayer(nowMs);
    this.#link.tick(nowMs);
    if (nowMs - this.#measuredMs < measureIntervalMs) return;
    this.#measuredMs = nowMs;
    for (const leg of this.#legs) leg.measure(nowMs);
  }

  #chooseLayer(nowMs: number): void {
    this.#lastChoiceMs = nowMs;
    if (!this.#isOpen) return;
    const published = this.#published('video');
    const audioBps = this.#link.audioBps(nowMs);
    const demand = published && this.#layers?.demand(published, nowMs);
    this.#link.use({ audioBps, ...(demand && !this.#isVideoPaused ? demand : noVideo) });
    if (!published) {
      this.#link.aim(undefined, nowMs);
      return;
    }
    // Audio comes first: video gets the rest.
    const { bitrateBps, ...rest } = this.#link.limit(nowMs);
    const left = { bitrateBps: bitrateBps && Math.max(0, bitrateBps - audioBps), ...rest };
    if (this.#layers?.update(published, left, nowMs)) this.#link.clearVideo();
    const nextBps = this.#isVideoPaused ? undefined : this.#layers?.nextNeedBps;
    this.#link.aim(nextBps && nextBps + audioBps, nowMs);
  }
}

function randomSsrc(): number {
  return randomInt(1, 2 ** 32);
}
