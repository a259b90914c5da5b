import { randomInt, randomUUID } from 'node:crypto';
import type { ViewedVideo } from '@parley-rtc/contract';
import type { AcceptedMedia } from './accepted-media.ts';
import type { MediaFacts } from './media-router.ts';
import { parseRtcp } from './rtp/parse-rtcp.ts';
import { isRtcp } from './rtp/rtp-packet.ts';
import type { RtpPacket } from './rtp/rtp-packet.ts';
import type { SimulcastSource } from './rtp/simulcast-source.ts';
import type { SourceStream } from './rtp/source-stream.ts';
import { ViewerLeg } from './rtp/viewer-leg.ts';
import type { SentMedia } from './sdp/write-answer.ts';
import { ViewLayers } from './view-layers.ts';
import { ViewerLink } from './viewer-link.ts';

/** How a viewer's packets and feedback get out and in. */
export interface ViewerPeerOptions {
  readonly media: readonly AcceptedMedia[];
  /** The view over another path that this one takes over from, if any. */
  readonly former?: ViewerPeer | undefined;
  readonly send: (packet: Uint8Array) => boolean;
  /** What is published of this kind now, if anything. */
  readonly published: (kind: AcceptedMedia['kind']) => SimulcastSource | undefined;
  /** Milliseconds of a clock that never jumps. */
  readonly now: () => number;
}

/** The former view goes on for so many packets, at most, until this one is open. */
const formerGoesOn = 1_024;
const choiceIntervalMs = 100;
const measureIntervalMs = 1_000;

/** The sending side of one view: a leg for each kind of media, and the viewer's feedback to them. */
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
  #isVideoPaused = false;
  #lastChoiceMs = Number.NEGATIVE_INFINITY;
  #measuredMs = Number.NEGATIVE_INFINITY;

  constructor(options: ViewerPeerOptions) {
    this.#published = options.published;
    this.#now = options.now;
    this.#link = new ViewerLink({
      media: options.media,
      send: options.send,
      sendFiller: (nowMs) => this.#video?.sendFiller(nowMs) ?? false,
      onOverflow: () => this.#video?.abandon(),
      // A browser goes on with its numbers over another path, and takes one that it knows for a packet that it has.
      firstTransportNumber: options.former && options.former.#link.nextTransportNumber + formerGoesOn,
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

  /** What the answer says about our streams. */
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

  /** The transport is open: packets flow from here on, video beginning with a key frame. */
  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    const nowMs = this.#now();
    this.#chooseLayer(nowMs);
    const target = this.#video?.target;
    if (target && !this.#isVideoPaused) this.#video?.start(target, nowMs);
  }

  /** Replaces what the viewer wants of the video. */
  setVideo({ isPaused = false, maxHeightPx }: ViewedVideo): void {
    const nowMs = this.#now();
    const isResumed = this.#isVideoPaused && !isPaused;
    this.#isVideoPaused = isPaused;
    this.#layers?.limitHeight(maxHeightPx);
    if (isResumed) this.#video?.restart();
    this.#chooseLayer(nowMs);
    if (isResumed) this.#video?.target?.keyFrames.want(nowMs);
  }

  /** Whether the view has a use for this layer of the video. */
  wantsLayer(layer: number): boolean {
    return !this.#isVideoPaused && (this.#layers?.wants(layer) ?? false);
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
    // A stream that began anew, or the first that came.
    if (target !== source && (!target || published.layers[target.layer] !== target)) this.#chooseLayer(nowMs);
    video.forward(source, packet, extendedNumber, nowMs);
  }

  /** The source's clock was reported; the viewer gets it in its own timestamps. */
  sendSenderReport(source: SourceStream): void {
    if (!this.#isOpen) return;
    const leg = source.media.kind === 'audio' ? this.#audio : this.#video;
    if (leg?.current === source) leg.sendSenderReport(this.#now());
  }

  /** How each kind of media fares on its way to the viewer. */
  facts(): MediaFacts[] {
    const { bitrateBps: estimateBps } = this.#link.limit;
    return this.#legs.map((leg) => ({
      ...leg.facts(),
      ...(estimateBps !== undefined && { estimateBps: Math.round(estimateBps) }),
    }));
  }

  /** Takes the viewer's feedback; anything else is dropped. */
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
        else (leg?.current ?? leg?.target)?.keyFrames.want(nowMs);
      }
    }
  }

  /** Does what is due. To be called every 20 ms or so. */
  tick(nowMs: number): void {
    if (nowMs - this.#lastChoiceMs >= choiceIntervalMs) this.#chooseLayer(nowMs);
    this.#link.tick(nowMs);
    if (nowMs - this.#measuredMs < measureIntervalMs) return;
    this.#measuredMs = nowMs;
    for (const leg of this.#legs) leg.measure(nowMs);
  }

  #chooseLayer(nowMs: number): void {
    this.#lastChoiceMs = nowMs;
    const published = this.#published('video');
    if (!published || !this.#isOpen) return;
    // Audio first: video gets what is left.
    const { bitrateBps, ...rest } = this.#link.limit;
    const audioBps = this.#link.audioBps(nowMs);
    const left = { bitrateBps: bitrateBps && Math.max(0, bitrateBps - audioBps), ...rest };
    if (this.#layers?.update(published, left, nowMs)) this.#link.clearVideo();
    const nextBps = this.#isVideoPaused ? undefined : this.#layers?.nextNeedBps;
    this.#link.aim(nextBps && nextBps + audioBps);
  }
}

function randomSsrc(): number {
  return randomInt(1, 2 ** 32);
}
