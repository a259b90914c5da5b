import { randomInt, randomUUID } from 'node:crypto';
import type { ViewedVideo } from '@parley-rtc/contract';
import type { AcceptedMedia } from './accepted-media.ts';
import type { MediaFacts } from './media-router.ts';
import { parseRtcp } from './rtp/parse-rtcp.ts';
import { isRtcp } from './rtp/rtp-packet.ts';
import type { RtpPacket } from './rtp/rtp-packet.ts';
import type { SourceStream } from './rtp/source-stream.ts';
import { ViewerLeg } from './rtp/viewer-leg.ts';
import type { SentMedia } from './sdp/write-answer.ts';

/** How a viewer's packets and feedback get out and in. */
export interface ViewerPeerOptions {
  readonly media: readonly AcceptedMedia[];
  readonly send: (packet: Uint8Array) => boolean;
  /** The stream of this kind that is arriving now, if any. */
  readonly source: (kind: AcceptedMedia['kind']) => SourceStream | undefined;
  /** Milliseconds of a clock that never jumps. */
  readonly now: () => number;
}

const measureIntervalMs = 1_000;

/** The sending side of one view: a leg for each kind of media, and the viewer's feedback to them. */
export class ViewerPeer {
  readonly #source: ViewerPeerOptions['source'];
  readonly #now: () => number;
  readonly #cname = randomUUID();
  readonly #legs: readonly ViewerLeg[];
  #isOpen = false;
  #isVideoPaused = false;
  #measuredMs = 0;

  constructor(options: ViewerPeerOptions) {
    this.#source = options.source;
    this.#now = options.now;
    this.#legs = options.media.map(
      (media) =>
        new ViewerLeg({
          media,
          ssrc: randomSsrc(),
          rtxSsrc: randomSsrc(),
          cname: this.#cname,
          send: options.send,
        }),
    );
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
    for (const leg of this.#legs) {
      const source = this.#source(leg.media.kind);
      if (source) leg.start(source, nowMs);
    }
  }

  /** Replaces what the viewer wants of the video. */
  setVideo({ isPaused = false }: ViewedVideo): void {
    const isResumed = this.#isVideoPaused && !isPaused;
    this.#isVideoPaused = isPaused;
    if (!isResumed) return;
    for (const leg of this.#legs) if (leg.media.kind === 'video') leg.restart();
    this.#source('video')?.keyFrames.want(this.#now());
  }

  forward(source: SourceStream, packet: RtpPacket, extendedNumber: number): void {
    if (!this.#isOpen || (this.#isVideoPaused && source.media.kind === 'video')) return;
    const leg = this.#legs.find(({ media }) => media.kind === source.media.kind);
    leg?.forward(source, packet, extendedNumber, this.#now());
  }

  /** The source's clock was reported; the viewer gets it in its own timestamps. */
  sendSenderReport(source: SourceStream): void {
    if (!this.#isOpen) return;
    const leg = this.#legs.find(({ media }) => media.kind === source.media.kind);
    leg?.sendSenderReport(this.#now());
  }

  /** How each kind of media fares on its way to the viewer. */
  facts(): MediaFacts[] {
    return this.#legs.map((leg) => leg.facts());
  }

  /** Does what is due. To be called every 20 ms or so. */
  tick(nowMs: number): void {
    if (nowMs - this.#measuredMs < measureIntervalMs) return;
    this.#measuredMs = nowMs;
    for (const leg of this.#legs) leg.measure(nowMs);
  }

  /** Takes the viewer's feedback; anything else is dropped. */
  receive(buffer: Buffer): void {
    if (!isRtcp(buffer)) return;
    const nowMs = this.#now();
    for (const message of parseRtcp(buffer)) {
      if (message.type === 'receiver-report') {
        for (const block of message.reports) {
          this.#legs.find(({ ssrc }) => ssrc === block.ssrc)?.receiveReport(block, nowMs);
        }
      }
      if (message.type !== 'nack' && message.type !== 'key-frame-request') continue;
      const leg = this.#legs.find(({ ssrc }) => ssrc === message.mediaSsrc);
      if (!leg) continue;
      if (message.type === 'nack') leg.repair(message.sequenceNumbers, nowMs);
      else this.#source(leg.media.kind)?.keyFrames.want(nowMs);
    }
  }
}

function randomSsrc(): number {
  return randomInt(1, 2 ** 32);
}
